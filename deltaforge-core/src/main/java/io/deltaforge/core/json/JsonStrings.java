package io.deltaforge.core.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes UTF-8 text as JSON strings (RFC 8259, section 7); text that needs no escape is copied as it is. */
final class JsonStrings {

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101_0101_0101_0101L;
    private static final long HIGHS = 0x8080_8080_8080_8080L;
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] REPLACEMENT = "\uFFFD".getBytes(StandardCharsets.UTF_8);

    private JsonStrings() {}

    static void write(JsonBytes out, byte[] utf8, int offset, int count) {
        out.rawByte('"');
        int end = offset + count;
        int from = offset;
        while (from < end) {
            int plainEnd = plainEnd(utf8, from, end);
            out.raw(utf8, from, plainEnd - from);
            from = plainEnd < end ? special(out, utf8, plainEnd, end) : end;
        }
        out.rawByte('"');
    }

    /** Finds the first byte that cannot be copied without a look: a control, quote, backslash or non-ASCII byte. */
    private static int plainEnd(byte[] utf8, int from, int end) {
        int at = from;
        for (; at + 8 <= end; at += 8) {
            long eight = (long) LONGS.get(utf8, at);
            long controls = eight - ONES * 0x20;
            long quotes = (eight ^ (ONES * '"')) - ONES;
            long backslashes = (eight ^ (ONES * '\\')) - ONES;
            long found = (eight | controls | quotes | backslashes) & HIGHS;
            if (found != 0) {
                // Borrows can only spread upwards, so the lowest mark is a true one.
                return at + Long.numberOfTrailingZeros(found) / 8;
            }
        }
        while (at < end && isPlain(utf8[at])) {
            at++;
        }
        return at;
    }

    private static boolean isPlain(byte value) {
        return value >= 0x20 && value != '"' && value != '\\';
    }

    /** Writes the character at a place and returns the place behind it. */
    private static int special(JsonBytes out, byte[] utf8, int at, int end) {
        byte value = utf8[at];
        if (value < 0) {
            int length = validLength(utf8, at, end);
            if (length == 0) {
                out.raw(REPLACEMENT);
                return at + 1;
            }
            out.raw(utf8, at, length);
            return at + length;
        }
        escape(out, value);
        return at + 1;
    }

    private static void escape(JsonBytes out, byte value) {
        int letter =
                switch (value) {
                    case '"' -> '"';
                    case '\\' -> '\\';
                    case '\b' -> 'b';
                    case '\f' -> 'f';
                    case '\n' -> 'n';
                    case '\r' -> 'r';
                    case '\t' -> 't';
                    default -> 'u';
                };
        out.rawByte('\\');
        out.rawByte(letter);
        if (letter == 'u') {
            out.rawByte('0');
            out.rawByte('0');
            out.rawByte(HEX[value >> 4]);
            out.rawByte(HEX[value & 15]);
        }
    }

    /** Returns the length of the well-formed sequence at a place, or 0 (Unicode standard, table 3-7). */
    private static int validLength(byte[] utf8, int at, int end) {
        int lead = utf8[at] & 0xFF;
        if (lead >= 0xC2 && lead <= 0xDF) {
            return tail(utf8, at + 1, end, 0x80, 0xBF) ? 2 : 0;
        }
        if (lead >= 0xE0 && lead <= 0xEF) {
            int least = lead == 0xE0 ? 0xA0 : 0x80;
            int most = lead == 0xED ? 0x9F : 0xBF;
            return tail(utf8, at + 1, end, least, most) && tail(utf8, at + 2, end, 0x80, 0xBF) ? 3 : 0;
        }
        if (lead >= 0xF0 && lead <= 0xF4) {
            int least = lead == 0xF0 ? 0x90 : 0x80;
            int most = lead == 0xF4 ? 0x8F : 0xBF;
            boolean valid = tail(utf8, at + 1, end, least, most)
                    && tail(utf8, at + 2, end, 0x80, 0xBF)
                    && tail(utf8, at + 3, end, 0x80, 0xBF);
            return valid ? 4 : 0;
        }
        return 0;
    }

    private static boolean tail(byte[] utf8, int at, int end, int least, int most) {
        return at < end && (utf8[at] & 0xFF) >= least && (utf8[at] & 0xFF) <= most;
    }
}
