package io.deltaforge.core.stored;

import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.event.Transaction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a dead letter keeps of its transaction: everything that envelopes say of it, and the position behind the one event.
 *
 * <p>Stored form: connector, id (texts), commit time, hash (two numbers), number of fields (four bytes), then per field one
 * byte 0 for text and 1 for a number, its name and its value; the event's ordinal; the position's bytes and its text.
 */
record StoredTransaction(
        String connector, String id, long commitMicros, long hashHigh, long hashLow, List<Field> fields, Behind behind)
        implements Transaction {

    /** A field of the {@code source} block; the text is null for a number. */
    record Field(String name, String text, long number) {}

    /** The position behind one event. */
    record Behind(long ordinal, StoredPosition position) {}

    /** A position as bytes and as people read it; what it means, its source knows. */
    static final class StoredPosition implements SourcePosition {

        private final byte[] bytes;
        private final String text;

        StoredPosition(byte[] bytes, String text) {
            this.bytes = bytes;
            this.text = text;
        }

        @Override
        public byte[] toBytes() {
            return bytes.clone();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof StoredPosition that && Arrays.equals(bytes, that.bytes);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }

        @Override
        public String toString() {
            return text;
        }
    }

    static void write(Transaction transaction, long ordinal, ByteWriter out) {
        writeHead(transaction, out);
        out.i8(ordinal);
        SourcePosition position = transaction.positionAfter(ordinal);
        byte[] bytes = position.toBytes();
        out.run(bytes, 0, bytes.length);
        out.text(position.toString());
    }

    /** Writes everything but an event's ordinal and position. */
    static void writeHead(Transaction transaction, ByteWriter out) {
        out.text(transaction.connector());
        out.text(transaction.id());
        out.i8(transaction.commitMicros());
        out.i8(transaction.hashHigh());
        out.i8(transaction.hashLow());
        List<Field> fields = new ArrayList<>();
        transaction.describe(new SourceFields() {
            @Override
            public void text(String name, String value) {
                fields.add(new Field(name, value, 0));
            }

            @Override
            public void number(String name, long value) {
                fields.add(new Field(name, null, value));
            }
        });
        out.i4(fields.size());
        for (Field field : fields) {
            out.u1(field.text() == null ? 1 : 0);
            out.text(field.name());
            if (field.text() == null) {
                out.i8(field.number());
            } else {
                out.text(field.text());
            }
        }
    }

    static StoredTransaction read(ByteReader in) {
        StoredTransaction head = readHead(in);
        Behind behind = new Behind(in.i8(), new StoredPosition(in.run(), in.text()));
        return new StoredTransaction(
                head.connector, head.id, head.commitMicros, head.hashHigh, head.hashLow, head.fields, behind);
    }

    /** Reads everything but an event's ordinal and position. */
    static StoredTransaction readHead(ByteReader in) {
        String connector = in.text();
        String id = in.text();
        long commitMicros = in.i8();
        long hashHigh = in.i8();
        long hashLow = in.i8();
        List<Field> fields = new ArrayList<>();
        for (int left = in.i4(); left > 0; left--) {
            boolean number = in.u1() == 1;
            String name = in.text();
            fields.add(number ? new Field(name, null, in.i8()) : new Field(name, in.text(), 0));
        }
        return new StoredTransaction(connector, id, commitMicros, hashHigh, hashLow, List.copyOf(fields), null);
    }

    @Override
    public SourcePosition positionAfter(long ordinal) {
        if (behind == null || ordinal != behind.ordinal()) {
            throw new IllegalArgumentException("nothing was kept of event " + ordinal + " of transaction " + id);
        }
        return behind.position();
    }

    @Override
    public void describe(SourceFields target) {
        for (Field field : fields) {
            if (field.text() == null) {
                target.number(field.name(), field.number());
            } else {
                target.text(field.name(), field.text());
            }
        }
    }
}
