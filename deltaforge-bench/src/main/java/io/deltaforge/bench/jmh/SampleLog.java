package io.deltaforge.bench.jmh;

import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.event.Operation;
import io.deltaforge.api.event.Row;
import io.deltaforge.api.event.TableSchema;
import io.deltaforge.source.postgres.pgoutput.Catalog;
import io.deltaforge.source.postgres.pgoutput.PgOutputDecoder;
import io.deltaforge.source.postgres.pgoutput.ReplicationMessages;
import io.deltaforge.source.postgres.type.PgType;
import io.deltaforge.source.postgres.type.PgType.Kind;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One transaction of inserts into the table of the drain, as a server sends it with {@code proto_version 1} and
 * {@code binary true} (PostgreSQL 18 documentation, section 54.9), and what the decoder makes of it.
 */
public final class SampleLog {

    private static final int RELATION = 16_400;
    private static final long MICROS = 830_000_000_000_000L;
    private static final String[] NAMES = {
        "id", "customer_id", "status", "amount", "quantity", "paid", "discount", "note", "created_at", "updated_at"
    };
    private static final int[] TYPES = {20, 23, 1043, 1700, 21, 16, 701, 25, 1184, 1114};
    private static final Map<Integer, String> TYPE_NAMES = Map.of(
            20,
            "int8",
            23,
            "int4",
            1043,
            "varchar",
            1700,
            "numeric",
            21,
            "int2",
            16,
            "bool",
            701,
            "float8",
            25,
            "text",
            1184,
            "timestamptz",
            1114,
            "timestamp");

    private SampleLog() {}

    /** The catalog of a server that has this one table. */
    private static final class OneTable implements Catalog {
        @Override
        public PgType type(int oid) {
            return new PgType(oid, TYPE_NAMES.get(oid), TYPE_NAMES.get(oid), Kind.BASE, ',', null);
        }

        @Override
        public void typeNamed(int oid, String name) {}

        @Override
        public String displayName(PgType type, int modifier) {
            return type.displayName();
        }

        @Override
        public List<String> primaryKey(int relation, long shape) {
            return List.of("id");
        }

        @Override
        public void tableChanged(int relation) {}
    }

    /** Takes the inserts and forgets everything else. */
    abstract static class Inserts implements ReplicationMessages {
        @Override
        public void begin(long finalLsn, long commitMicros, int xid) {}

        @Override
        public void update(TableSchema table, Row before, Row after, boolean keyChanged) {}

        @Override
        public void delete(TableSchema table, Row before) {}

        @Override
        public void truncate(List<TableSchema> tables, boolean cascade, boolean restartIdentity) {}

        @Override
        public void commit(long commitLsn, long endLsn, long commitMicros) {}
    }

    /** A decoder that has seen the table and stands inside a transaction. */
    static PgOutputDecoder decoder(ReplicationMessages out) {
        PgOutputDecoder decoder = new PgOutputDecoder(new OneTable(), "shop", (schema, table) -> true);
        decoder.decode(begin(), out);
        decoder.decode(relation(), out);
        return decoder;
    }

    /**
     * Decodes a transaction into events.
     *
     * @param count how many
     * @return the events in order
     */
    public static List<ChangeEvent> events(int count) {
        List<ChangeEvent> events = new ArrayList<>();
        SampleTransaction transaction = new SampleTransaction(1);
        Inserts collecting = new Inserts() {
            @Override
            public void insert(TableSchema table, Row after) {
                events.add(new ChangeEvent(Operation.CREATE, table, null, after, transaction, events.size()));
            }
        };
        PgOutputDecoder decoder = decoder(collecting);
        for (int i = 0; i < count; i++) {
            decoder.decode(insert(i + 1L), collecting);
        }
        return List.copyOf(events);
    }

    /**
     * Decodes a transaction into a batch.
     *
     * @param count how many events
     * @return the batch
     */
    public static EventBatch batch(int count) {
        return new EventBatch(1, events(count), new SamplePosition(1));
    }

    private interface Fields {
        void write(DataOutputStream out) throws IOException;
    }

    private static ByteBuffer message(char type, Fields fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(type);
            fields.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ByteBuffer.wrap(bytes.toByteArray());
    }

    private static ByteBuffer begin() {
        return message('B', out -> {
            out.writeLong(0x1000);
            out.writeLong(MICROS);
            out.writeInt(700);
        });
    }

    private static ByteBuffer relation() {
        return message('R', out -> {
            out.writeInt(RELATION);
            cString(out, "public");
            cString(out, "orders");
            out.writeByte('d');
            out.writeShort(NAMES.length);
            for (int i = 0; i < NAMES.length; i++) {
                out.writeByte(i == 0 ? 1 : 0);
                cString(out, NAMES[i]);
                out.writeInt(TYPES[i]);
                out.writeInt(-1);
            }
        });
    }

    private static void cString(DataOutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.writeByte(0);
    }

    /** One insert, with the values of the drain's table. */
    static ByteBuffer insert(long id) {
        return message('I', out -> {
            out.writeInt(RELATION);
            out.writeByte('N');
            out.writeShort(NAMES.length);
            value(out, 8).writeLong(id);
            value(out, 4).writeInt((int) (id * 7919 % 1_000_000));
            text(out, "shipped");
            amount(out, id);
            value(out, 2).writeShort((int) (id % 100));
            value(out, 1).writeByte((int) (id % 2));
            value(out, 8).writeDouble(id / 8.0);
            text(out, "order " + id + " from the web shop, 0123456789abcdef0123456789abcdef");
            value(out, 8).writeLong(MICROS + id * 1_000_000);
            value(out, 8).writeLong(MICROS + id * 1_001_000);
        });
    }

    private static DataOutputStream value(DataOutputStream out, int length) throws IOException {
        out.writeByte('b');
        out.writeInt(length);
        return out;
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        value(out, bytes.length).write(bytes);
    }

    /** A number with two decimals: two digits to the base of 10,000 (numeric_send in numeric.c). */
    private static void amount(DataOutputStream out, long id) throws IOException {
        value(out, 12);
        out.writeShort(2);
        out.writeShort(0);
        out.writeShort(0);
        out.writeShort(2);
        out.writeShort((int) (1 + id % 9_999));
        out.writeShort((int) (100 * (1 + id % 99)));
    }
}
