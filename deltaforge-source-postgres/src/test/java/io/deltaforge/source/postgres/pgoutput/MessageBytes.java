package io.deltaforge.source.postgres.pgoutput;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Writes messages as the server does, field by field (PostgreSQL documentation, section 54.9). */
final class MessageBytes {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    static MessageBytes of(char type) {
        return new MessageBytes().int8(type);
    }

    static ByteBuffer begin(long finalLsn) {
        return of('B').int64(finalLsn).int64(1_000_000).int32(77).message();
    }

    static ByteBuffer commit(long lsn) {
        return of('C').int8(0).int64(lsn).int64(lsn + 8).int64(1_000_000).message();
    }

    static MessageBytes relation(int oid, String schema, String table, char identity, int columns) {
        return of('R').int32(oid).string(schema).string(table).int8(identity).int16(columns);
    }

    MessageBytes column(String name, boolean inIdentity, int type) {
        return int8(inIdentity ? 1 : 0).string(name).int32(type).int32(-1);
    }

    MessageBytes int8(int value) {
        out.write(value);
        return this;
    }

    MessageBytes int16(int value) {
        out.writeBytes(ByteBuffer.allocate(2).putShort((short) value).array());
        return this;
    }

    MessageBytes int32(int value) {
        out.writeBytes(ByteBuffer.allocate(4).putInt(value).array());
        return this;
    }

    MessageBytes int64(long value) {
        out.writeBytes(ByteBuffer.allocate(8).putLong(value).array());
        return this;
    }

    MessageBytes string(String value) {
        out.writeBytes(value.getBytes(StandardCharsets.UTF_8));
        return int8(0);
    }

    MessageBytes text(String value) {
        return value('t', value.getBytes(StandardCharsets.UTF_8));
    }

    MessageBytes binary(MessageBytes value) {
        return value('b', value.out.toByteArray());
    }

    private MessageBytes value(char kind, byte[] bytes) {
        int8(kind).int32(bytes.length);
        out.writeBytes(bytes);
        return this;
    }

    static MessageBytes bytes() {
        return new MessageBytes();
    }

    /** As pgjdbc hands it out: a view over an array that begins with the replication header. */
    ByteBuffer message() {
        byte[] framed = new byte[25 + out.size()];
        System.arraycopy(out.toByteArray(), 0, framed, 25, out.size());
        return ByteBuffer.wrap(framed, 25, out.size()).slice();
    }
}
