package io.deltaforge.sink.kafka;

import org.apache.kafka.clients.producer.Producer;

/**
 * A producer that has fenced every other one of its sink, and what they have left behind.
 *
 * @param producer ready for its first transaction; owned by whoever holds the session
 * @param positions where the position goes
 * @param last the last position committed, taken over by this producer
 */
record TransactionSession(Producer<byte[], byte[]> producer, PositionsTopic positions, PositionRecord last) {}
