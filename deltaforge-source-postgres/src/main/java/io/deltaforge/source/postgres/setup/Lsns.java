package io.deltaforge.source.postgres.setup;

import org.postgresql.replication.LogSequenceNumber;

/** LSNs as the server writes them ({@code 16/B374D848}). */
final class Lsns {

    private Lsns() {}

    /** Returns 0 for NULL, which no place in a log has. */
    static long parse(String text) {
        return text == null ? 0 : LogSequenceNumber.valueOf(text).asLong();
    }

    static String format(long lsn) {
        return LogSequenceNumber.valueOf(lsn).asString();
    }
}
