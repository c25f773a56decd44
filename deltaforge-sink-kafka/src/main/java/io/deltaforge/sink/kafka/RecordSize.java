package io.deltaforge.sink.kafka;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;

/**
 * Computes how large the producer takes a record to be, so that one that is too large is found before it is sent and its
 * neighbours go their way. The same upper bound as the producer's own check: a record batch of one record, Kafka protocol
 * guide, section "Message format", record batch version 2.
 */
final class RecordSize {

    private static final int BATCH_HEADER = 61;
    /** Length (5), attributes (1), time stamp (10) and offset (5) at their longest. */
    private static final int RECORD_HEADER = 21;

    private static final int ABSENT = 1;

    private RecordSize() {}

    /** Returns the size in bytes of what surrounds the key and the value of a record with one header. */
    static int overhead(String headerName, int headerValueLength) {
        int name = headerName.getBytes(StandardCharsets.UTF_8).length;
        return BATCH_HEADER
                + RECORD_HEADER
                + varint(1)
                + varint(name)
                + name
                + varint(headerValueLength)
                + headerValueLength;
    }

    /** Returns the size in bytes of one more header; up to 63 headers their count takes no more room. */
    static int of(Header header) {
        int name = header.key().getBytes(StandardCharsets.UTF_8).length;
        return varint(name) + name + of(header.value());
    }

    /** Returns the size in bytes of a key or a value with its length. */
    static int of(byte[] bytes) {
        return bytes == null ? ABSENT : varint(bytes.length) + bytes.length;
    }

    /** Returns how many bytes the key and the value of a record have. */
    static int payload(ProducerRecord<byte[], byte[]> record) {
        return (record.key() == null ? 0 : record.key().length) + (record.value() == null ? 0 : record.value().length);
    }

    /** Returns how many bytes a number takes as a zigzag variable-length integer. */
    private static int varint(int value) {
        int left = value << 1;
        int bytes = 1;
        while ((left & ~0x7F) != 0) {
            bytes++;
            left >>>= 7;
        }
        return bytes;
    }
}
