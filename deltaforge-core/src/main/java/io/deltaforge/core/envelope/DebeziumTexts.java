package io.deltaforge.core.envelope;

import io.deltaforge.core.json.JsonBytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.Arrays;

/**
 * Writes values that PostgreSQL hands out as text and that Debezium has a form of its own for. Not thread-safe.
 */
final class DebeziumTexts {

    private static final long MICROS_PER_SECOND = 1_000_000;
    private static final int WKB_POINT_BYTES = 21;
    private static final int WKB_POINT = 1;
    private static final byte WKB_LITTLE_ENDIAN = 1;
    private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

    private final JsonBytes map = new JsonBytes();
    private final JsonBytes word = new JsonBytes();

    /** Leaves the number of an amount of money: {@code -$1,234.50} is -1234.50. */
    static byte[] amount(byte[] text, int offset, int length) {
        byte[] digits = new byte[length];
        int count = 0;
        for (int i = offset; i < offset + length; i++) {
            byte character = text[i];
            if (character == '-' || character == '.' || (character >= '0' && character <= '9')) {
                digits[count++] = character;
            }
        }
        return Arrays.copyOf(digits, count);
    }

    /** Returns the seconds east of UTC in {@code 24:00:00+02:00}. */
    static int offsetOfEndOfDay(byte[] text, int offset, int length) {
        int from = "24:00:00".length();
        return ZoneOffset.of(new String(text, offset + from, length - from, StandardCharsets.US_ASCII))
                .getTotalSeconds();
    }

    /** Writes bits as bytes, the last bit first, without zero bytes at the end ({@code io.debezium.data.Bits}). */
    void bits(JsonBytes out, byte[] text, int offset, int length) {
        byte[] bytes = new byte[(length + 7) / 8];
        int used = 0;
        for (int i = 0; i < length; i++) {
            if (text[offset + length - 1 - i] == '1') {
                bytes[i / 8] |= (byte) (1 << i % 8);
                used = i / 8 + 1;
            }
        }
        out.base64(bytes, 0, used);
    }

    /** Writes {@code (x,y)} with its well-known binary form ({@code io.debezium.data.geometry.Point}). */
    void point(JsonBytes out, byte[] text, int offset, int length) {
        String written = new String(text, offset, length, StandardCharsets.US_ASCII);
        int comma = written.indexOf(',');
        double x = Double.parseDouble(written.substring(1, comma));
        double y = Double.parseDouble(written.substring(comma + 1, written.length() - 1));
        byte[] wkb = ByteBuffer.allocate(WKB_POINT_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(WKB_LITTLE_ENDIAN)
                .putInt(WKB_POINT)
                .putDouble(x)
                .putDouble(y)
                .array();
        out.raw(JsonEncoder.ascii("{\"x\":"));
        out.pointedDouble(x);
        out.raw(JsonEncoder.ascii(",\"y\":"));
        out.pointedDouble(y);
        out.raw(JsonEncoder.ascii(",\"wkb\":"));
        out.base64(wkb, 0, wkb.length);
        out.raw(JsonEncoder.ascii(",\"srid\":null}"));
    }

    /** Writes all parts of an interval, those that are zero too ({@code io.debezium.time.Interval}). */
    static void interval(JsonBytes out, int months, int days, long micros) {
        long seconds = micros / MICROS_PER_SECOND;
        out.rawByte('"');
        out.rawByte('P');
        part(out, months / 12, 'Y');
        part(out, months % 12, 'M');
        part(out, days, 'D');
        out.rawByte('T');
        part(out, seconds / 3600, 'H');
        part(out, seconds / 60 % 60, 'M');
        IsoInterval.seconds(out, seconds % 60, micros % MICROS_PER_SECOND, true);
        out.rawByte('"');
    }

    private static void part(JsonBytes out, long value, char unit) {
        out.longValue(value);
        out.rawByte(unit);
    }

    /**
     * Writes {@code "a"=>"1", "b"=>NULL} as an object, or as a text that holds the object.
     *
     * @param asText whether it is a text
     */
    void hstore(JsonBytes out, byte[] text, int offset, int length, boolean asText) {
        map.reset();
        map.rawByte('{');
        int end = offset + length;
        int at = offset;
        boolean first = true;
        while (at < end) {
            if (!first) {
                map.rawByte(',');
            }
            first = false;
            at = quoted(text, at, end);
            map.rawByte(':');
            at = Math.min(end, at + "=>".length());
            if (at < end && text[at] == '"') {
                at = quoted(text, at, end);
            } else {
                map.raw(NULL);
                at += NULL.length;
            }
            at += ", ".length();
        }
        map.rawByte('}');
        if (asText) {
            out.string(map);
        } else {
            out.raw(map);
        }
    }

    /** Writes the text between two quotes and returns the place behind them; a backslash stands before what it protects. */
    private int quoted(byte[] text, int start, int end) {
        word.reset();
        int at = start + 1;
        while (at < end && text[at] != '"') {
            if (text[at] == '\\' && at + 1 < end) {
                at++;
            }
            word.rawByte(text[at++]);
        }
        map.string(word);
        return at + 1;
    }
}
