package io.deltaforge.sink.kafka;

import java.util.Optional;

/**
 * The settings of one sink, checked.
 *
 * @param brokers where the brokers listen, as configured
 * @param topic the template of the topic's name
 * @param key the template of the key; empty for the primary key
 * @param exactlyOnce whether events and position are written in one transaction
 * @param creation how topics are made that are missing
 * @param client how the producer is set up
 */
record SinkOptions(
        String brokers,
        String topic,
        Optional<String> key,
        boolean exactlyOnce,
        TopicCreation creation,
        ProducerSettings client) {}
