package io.deltaforge.sink.kafka;

/** The at-least-once sink does what every sink must do. */
final class KafkaSinkConformanceIT extends KafkaConformance {}
