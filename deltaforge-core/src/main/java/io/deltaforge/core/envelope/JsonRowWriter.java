package io.deltaforge.core.envelope;

import io.deltaforge.api.event.Column;
import io.deltaforge.api.event.ValueVisitor;
import io.deltaforge.core.json.JsonBytes;
import java.nio.charset.StandardCharsets;

/**
 * Writes the values of a row as members of a JSON object, straight from the row's bytes. Numbers are numbers, decimals and
 * UUIDs strings, temporal values ISO 8601 strings, JSON documents stay what they are, bytes are {@code {"_base64":".."}}, and
 * what the database did not log is {@code {"_unchanged":true}}. Envelopes whose values look otherwise extend it. Not
 * thread-safe.
 */
class JsonRowWriter implements ValueVisitor {

    private static final byte[] NULL = ascii("null");
    static final byte[] TRUE = ascii("true");
    static final byte[] FALSE = ascii("false");
    private static final byte[] UNCHANGED = ascii("{\"_unchanged\":true}");
    private static final byte[] BASE64 = ascii("{\"_base64\":");

    final JsonBytes out;
    private byte[][] names;
    private boolean first;
    private int depth;

    JsonRowWriter(JsonBytes out) {
        this.out = out;
    }

    /** Begins an object whose members have these names; each is {@code ,"name":} as bytes, by column index. */
    final void begin(byte[][] memberNames) {
        names = memberNames;
        first = true;
        depth = 0;
        out.rawByte('{');
    }

    final void end() {
        out.rawByte('}');
    }

    /** Writes what stands before a value: the member's name, or the comma between two elements of an array. */
    final void lead(Column column) {
        if (depth > 0) {
            if (!first) {
                out.rawByte(',');
            }
        } else {
            byte[] name = names[column.index()];
            int from = first ? 1 : 0;
            out.raw(name, from, name.length - from);
        }
        first = false;
    }

    /** Says whether the value that comes next is an element of an array. */
    final boolean isInArray() {
        return depth > 0;
    }

    @Override
    public final void nullValue(Column column) {
        lead(column);
        out.raw(NULL);
    }

    @Override
    public void unchanged(Column column) {
        lead(column);
        out.raw(UNCHANGED);
    }

    @Override
    public void bool(Column column, boolean value) {
        lead(column);
        out.raw(value ? TRUE : FALSE);
    }

    @Override
    public void integer(Column column, long value) {
        lead(column);
        out.longValue(value);
    }

    @Override
    public void float32(Column column, float value) {
        lead(column);
        out.floatValue(value);
    }

    @Override
    public void float64(Column column, double value) {
        lead(column);
        out.doubleValue(value);
    }

    @Override
    public void decimal(Column column, byte[] ascii, int offset, int length) {
        lead(column);
        out.asciiString(ascii, offset, length);
    }

    @Override
    public void text(Column column, byte[] utf8, int offset, int length) {
        lead(column);
        out.string(utf8, offset, length);
    }

    @Override
    public void json(Column column, byte[] utf8, int offset, int length) {
        lead(column);
        out.raw(utf8, offset, length);
    }

    @Override
    public void binary(Column column, byte[] bytes, int offset, int length) {
        lead(column);
        out.raw(BASE64);
        out.base64(bytes, offset, length);
        out.rawByte('}');
    }

    @Override
    public void uuid(Column column, long high, long low) {
        lead(column);
        out.uuid(high, low);
    }

    @Override
    public void date(Column column, long epochDay) {
        lead(column);
        out.isoDate(epochDay);
    }

    @Override
    public void time(Column column, long microsOfDay) {
        lead(column);
        out.isoTime(microsOfDay);
    }

    @Override
    public void timeTz(Column column, long microsOfDay, int offsetSeconds) {
        lead(column);
        out.isoOffsetTime(microsOfDay, offsetSeconds);
    }

    @Override
    public void timestamp(Column column, long epochMicros) {
        lead(column);
        out.isoLocalDateTime(epochMicros);
    }

    @Override
    public void timestampTz(Column column, long epochMicros) {
        lead(column);
        out.isoInstant(epochMicros);
    }

    @Override
    public void interval(Column column, int months, int days, long micros) {
        lead(column);
        IsoInterval.write(out, months, days, micros);
    }

    @Override
    public void beginArray(Column column, int length) {
        lead(column);
        out.rawByte('[');
        first = true;
        depth++;
    }

    @Override
    public void endArray(Column column) {
        out.rawByte(']');
        first = false;
        depth--;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
