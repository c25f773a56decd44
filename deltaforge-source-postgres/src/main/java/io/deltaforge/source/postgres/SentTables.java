package io.deltaforge.source.postgres;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiPredicate;

/**
 * Which of the tables that the server named in this stream are captured, by OID: a Truncate message lists tables, and those
 * that are not captured count too. Reads Relation and Truncate messages (PostgreSQL documentation, section 54.9) as far as that
 * takes.
 */
final class SentTables {

    private static final int TRUNCATE_COUNT = 1;
    private static final int TRUNCATE_OIDS = 6;

    private final BiPredicate<String, String> captured;
    private final Map<Integer, Boolean> tables = new HashMap<>();

    SentTables(BiPredicate<String, String> captured) {
        this.captured = captured;
    }

    /** Forgets everything: OIDs hold for one stream. */
    void forget() {
        tables.clear();
    }

    /** Takes note of a Relation message: kind, OID, schema, name. */
    void relation(ByteBuffer message) {
        ByteBuffer in = message.duplicate();
        in.get();
        int oid = in.getInt();
        String schema = text(in);
        // The server sends nothing for the schema pg_catalog.
        tables.put(oid, captured.test(schema.isEmpty() ? "pg_catalog" : schema, text(in)));
    }

    private static String text(ByteBuffer in) {
        int start = in.position();
        while (in.get() != 0) {
            // The position moves to the end of the text.
        }
        int length = in.position() - start - 1;
        return new String(in.array(), in.arrayOffset() + start, length, StandardCharsets.UTF_8);
    }

    /** Returns how many tables a Truncate message lists. */
    int countIn(ByteBuffer truncate) {
        return truncate.getInt(truncate.position() + TRUNCATE_COUNT);
    }

    boolean isCaptured(ByteBuffer truncate, int index) {
        return tables.getOrDefault(truncate.getInt(truncate.position() + TRUNCATE_OIDS + Integer.BYTES * index), false);
    }

    int capturedIn(ByteBuffer truncate) {
        int count = 0;
        for (int i = countIn(truncate) - 1; i >= 0; i--) {
            count += isCaptured(truncate, i) ? 1 : 0;
        }
        return count;
    }
}
