package io.deltaforge.testkit.sample;

import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.event.Transaction;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** One transaction of a journal. Its hash, and with it the id of each event, is the same after every replay. */
record JournalTransaction(long number, long commitMicros, long hashHigh, long hashLow) implements Transaction {

    static JournalTransaction of(String journal, long number, long commitMicros) {
        try {
            byte[] name = (journal + "/" + number).getBytes(StandardCharsets.UTF_8);
            ByteBuffer hash =
                    ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(name));
            return new JournalTransaction(number, commitMicros, hash.getLong(), hash.getLong());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public String connector() {
        return "journal";
    }

    @Override
    public String id() {
        return Long.toString(number);
    }

    @Override
    public SourcePosition positionAfter(long ordinal) {
        return new JournalPosition(number, ordinal);
    }

    @Override
    public void describe(SourceFields fields) {
        fields.number("transaction", number);
    }
}
