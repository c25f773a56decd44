package io.deltaforge.core.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A reusable buffer that JSON is written to as bytes. Grows as needed; after a document above {@value #KEEP_BYTES} bytes it
 * gives the memory back, so that one huge row does not pin it. Writes values only: commas and braces are the caller's. Not
 * thread-safe.
 */
public final class JsonBytes {

    static final int KEEP_BYTES = 1 << 20;
    private static final int INITIAL_BYTES = 1 << 10;
    private static final int MAX_BYTES = Integer.MAX_VALUE - 16;
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] BASE64 = alphabet("+/");
    private static final byte[] BASE64_URL = alphabet("-_");

    private byte[] buffer = new byte[INITIAL_BYTES];
    private int length;

    /** Begins a new document. */
    public void reset() {
        if (buffer.length > KEEP_BYTES) {
            buffer = new byte[INITIAL_BYTES];
        }
        length = 0;
    }

    /**
     * Returns how much has been written.
     *
     * @return bytes
     */
    public int length() {
        return length;
    }

    /**
     * Returns what has been written.
     *
     * @return a new array of exactly that size
     */
    public byte[] toByteArray() {
        return Arrays.copyOf(buffer, length);
    }

    /** Makes room for so many bytes more and returns the buffer. */
    byte[] room(int bytes) {
        long needed = (long) length + bytes;
        if (needed > buffer.length) {
            grow(needed);
        }
        return buffer;
    }

    private void grow(long needed) {
        if (needed > MAX_BYTES) {
            throw new IllegalStateException("a document of more than " + MAX_BYTES + " bytes cannot be written");
        }
        buffer = Arrays.copyOf(buffer, (int) Math.min(MAX_BYTES, Math.max(needed, 2L * buffer.length)));
    }

    /** Counts bytes that were put behind {@link #length()} as written. */
    void advance(int bytes) {
        length += bytes;
    }

    /**
     * Writes one byte as it is.
     *
     * @param character an ASCII character
     */
    public void rawByte(int character) {
        room(1)[length++] = (byte) character;
    }

    /**
     * Writes bytes as they are.
     *
     * @param bytes the bytes
     */
    public void raw(byte[] bytes) {
        raw(bytes, 0, bytes.length);
    }

    /**
     * Writes bytes as they are.
     *
     * @param bytes where they are
     * @param offset the first
     * @param count how many
     */
    public void raw(byte[] bytes, int offset, int count) {
        System.arraycopy(bytes, offset, room(count), length, count);
        length += count;
    }

    /**
     * Writes what another buffer holds as it is.
     *
     * @param other the other buffer
     */
    public void raw(JsonBytes other) {
        raw(other.buffer, 0, other.length);
    }

    /**
     * Writes a whole number.
     *
     * @param value the number
     */
    public void longValue(long value) {
        length = DecimalDigits.write(value, room(DecimalDigits.MAX_LONG_CHARS), length);
    }

    /**
     * Writes the shortest number that reads back as the same double; NaN and infinities as strings.
     *
     * @param value the number
     */
    public void doubleValue(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            string(Double.toString(value));
        } else {
            length = ShortestDecimal.write(value, room(ShortestDecimal.MAX_CHARS), length);
        }
    }

    /**
     * Writes the shortest number that reads back as the same float; NaN and infinities as strings.
     *
     * @param value the number
     */
    public void floatValue(float value) {
        if (Float.isNaN(value) || Float.isInfinite(value)) {
            string(Float.toString(value));
        } else {
            length = ShortestDecimal.write(value, room(ShortestDecimal.MAX_CHARS), length);
        }
    }

    /**
     * Writes a double as {@link #doubleValue} does, and {@code .0} behind a whole number, so that readers without a schema
     * tell it from an integer.
     *
     * @param value the number
     */
    public void pointedDouble(double value) {
        int start = length;
        doubleValue(value);
        point(start);
    }

    /**
     * Writes a float as {@link #floatValue} does, and {@code .0} behind a whole number.
     *
     * @param value the number
     */
    public void pointedFloat(float value) {
        int start = length;
        floatValue(value);
        point(start);
    }

    private void point(int start) {
        for (int i = start; i < length; i++) {
            if (buffer[i] > '9' || buffer[i] == '.' || buffer[i] == '"') {
                return;
            }
        }
        rawByte('.');
        rawByte('0');
    }

    /**
     * Writes a string, quoted and escaped. Bytes that are not UTF-8 become U+FFFD.
     *
     * @param utf8 where the text is
     * @param offset its first byte
     * @param count its length in bytes
     */
    public void string(byte[] utf8, int offset, int count) {
        JsonStrings.write(this, utf8, offset, count);
    }

    /**
     * Writes what another buffer holds as a string, quoted and escaped.
     *
     * @param other the other buffer
     */
    public void string(JsonBytes other) {
        string(other.buffer, 0, other.length);
    }

    /**
     * Writes a string, quoted and escaped.
     *
     * @param text the text
     */
    public void string(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        string(utf8, 0, utf8.length);
    }

    /**
     * Writes a string, quoted, of characters of which none needs an escape.
     *
     * @param ascii where the text is
     * @param offset its first byte
     * @param count its length in bytes
     */
    public void asciiString(byte[] ascii, int offset, int count) {
        byte[] to = room(count + 2);
        to[length] = '"';
        System.arraycopy(ascii, offset, to, length + 1, count);
        to[length + 1 + count] = '"';
        length += count + 2;
    }

    /**
     * Writes bytes as a string of base 64 (RFC 4648, section 4).
     *
     * @param bytes where they are
     * @param offset the first
     * @param count how many
     */
    public void base64(byte[] bytes, int offset, int count) {
        base64(bytes, offset, count, BASE64);
    }

    /**
     * Writes bytes as a string of base 64 that is safe in URLs and file names, padding included (RFC 4648, section 5).
     *
     * @param bytes where they are
     * @param offset the first
     * @param count how many
     */
    public void base64Url(byte[] bytes, int offset, int count) {
        base64(bytes, offset, count, BASE64_URL);
    }

    private static byte[] alphabet(String lastTwo) {
        return ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + lastTwo)
                .getBytes(StandardCharsets.US_ASCII);
    }

    private void base64(byte[] bytes, int offset, int count, byte[] alphabet) {
        byte[] to = room(Math.addExact(2, Math.multiplyExact(4, (count + 2) / 3)));
        int at = length;
        to[at++] = '"';
        int from = offset;
        for (int end = offset + count - count % 3; from < end; from += 3) {
            int three = (bytes[from] & 0xFF) << 16 | (bytes[from + 1] & 0xFF) << 8 | (bytes[from + 2] & 0xFF);
            to[at++] = alphabet[three >>> 18];
            to[at++] = alphabet[three >>> 12 & 63];
            to[at++] = alphabet[three >>> 6 & 63];
            to[at++] = alphabet[three & 63];
        }
        int rest = count % 3;
        if (rest > 0) {
            int last = (bytes[from] & 0xFF) << 16 | (rest == 2 ? (bytes[from + 1] & 0xFF) << 8 : 0);
            to[at++] = alphabet[last >>> 18];
            to[at++] = alphabet[last >>> 12 & 63];
            to[at++] = rest == 2 ? alphabet[last >>> 6 & 63] : (byte) '=';
            to[at++] = '=';
        }
        to[at++] = '"';
        length = at;
    }

    /**
     * Writes bytes as a string of lower case hexadecimal digits.
     *
     * @param bytes where they are
     * @param offset the first
     * @param count how many
     */
    public void hex(byte[] bytes, int offset, int count) {
        byte[] to = room(Math.addExact(2, Math.multiplyExact(2, count)));
        int at = length;
        to[at++] = '"';
        for (int i = offset; i < offset + count; i++) {
            to[at++] = HEX[bytes[i] >> 4 & 15];
            to[at++] = HEX[bytes[i] & 15];
        }
        to[at++] = '"';
        length = at;
    }

    /**
     * Writes a UUID as a string in its canonical form (RFC 9562, section 4).
     *
     * @param high its first eight bytes
     * @param low its last eight bytes
     */
    public void uuid(long high, long low) {
        byte[] to = room(38);
        to[length] = '"';
        writeUuid(high, low, to, length + 1);
        to[length + 37] = '"';
        length += 38;
    }

    private static void writeUuid(long high, long low, byte[] to, int offset) {
        int at = offset;
        for (int shift = 60; shift >= 0; shift -= 4) {
            if (shift == 28 || shift == 12) {
                to[at++] = '-';
            }
            to[at++] = HEX[(int) (high >>> shift) & 15];
        }
        for (int shift = 60; shift >= 0; shift -= 4) {
            if (shift == 60 || shift == 44) {
                to[at++] = '-';
            }
            to[at++] = HEX[(int) (low >>> shift) & 15];
        }
    }

    /**
     * Writes a day as an ISO 8601 string.
     *
     * @param epochDay days since 1970-01-01
     * @see IsoTimes
     */
    public void isoDate(long epochDay) {
        rawByte('"');
        length = IsoTimes.date(epochDay, room(IsoTimes.MAX_CHARS), length);
        rawByte('"');
    }

    /**
     * Writes a time of day as an ISO 8601 string.
     *
     * @param microsOfDay microseconds since midnight, 24:00 included
     */
    public void isoTime(long microsOfDay) {
        rawByte('"');
        length = IsoTimes.time(microsOfDay, room(IsoTimes.MAX_CHARS), length);
        rawByte('"');
    }

    /**
     * Writes a time of day with its offset as an ISO 8601 string.
     *
     * @param microsOfDay local microseconds since midnight, 24:00 included
     * @param offsetSeconds seconds east of UTC
     */
    public void isoOffsetTime(long microsOfDay, int offsetSeconds) {
        rawByte('"');
        length = IsoTimes.time(microsOfDay, room(IsoTimes.MAX_CHARS), length);
        length = IsoTimes.offset(offsetSeconds, room(IsoTimes.MAX_CHARS), length);
        rawByte('"');
    }

    /**
     * Writes a date and time without zone as an ISO 8601 string.
     *
     * @param epochMicros microseconds since 1970-01-01T00:00
     */
    public void isoLocalDateTime(long epochMicros) {
        rawByte('"');
        length = IsoTimes.dateTime(epochMicros, room(IsoTimes.MAX_CHARS), length);
        rawByte('"');
    }

    /**
     * Writes an instant as an ISO 8601 string in UTC.
     *
     * @param epochMicros microseconds since 1970-01-01T00:00Z
     */
    public void isoInstant(long epochMicros) {
        rawByte('"');
        length = IsoTimes.dateTime(epochMicros, room(IsoTimes.MAX_CHARS), length);
        rawByte('Z');
        rawByte('"');
    }
}
