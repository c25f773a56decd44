package io.deltaforge.sink.kafka;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Reads what {@link TransactionLog} keeps. */
final class Transactions {

    private Transactions() {}

    static String text(ProducerRecord<byte[], byte[]> record) {
        return record.value() == null
                ? "nothing for " + new String(record.key(), StandardCharsets.UTF_8)
                : new String(record.value(), StandardCharsets.UTF_8);
    }

    /** Returns the values of the events of a transaction. */
    static List<String> events(List<ProducerRecord<byte[], byte[]>> transaction) {
        return transaction.stream()
                .filter(record -> !isPosition(record))
                .map(Transactions::text)
                .toList();
    }

    /** Returns the one position of a transaction. */
    static PositionRecord position(List<ProducerRecord<byte[], byte[]>> transaction) {
        List<ProducerRecord<byte[], byte[]>> positions =
                transaction.stream().filter(Transactions::isPosition).toList();
        if (positions.size() != 1) {
            throw new AssertionError("a transaction with " + positions.size() + " positions: " + transaction);
        }
        return PositionRecord.parse("the test", positions.get(0).value());
    }

    private static boolean isPosition(ProducerRecord<byte[], byte[]> record) {
        return record.topic().startsWith(PositionsTopic.PREFIX);
    }
}
