/** Delivers event batches to Kafka topics. */
package io.deltaforge.sink.kafka;
