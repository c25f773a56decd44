package io.deltaforge.source.postgres.type;

import io.deltaforge.api.event.Column;
import io.deltaforge.api.event.ValueVisitor;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Binary forms that are handed out as the text PostgreSQL prints for them (PostgreSQL source, {@code varbit.c}:
 * {@code varbit_send}, {@code varbit_out}; {@code cash.c}: {@code cash_out}; {@code pg_lsn.c}; {@code tsvector.c}:
 * {@code tsvectorsend}, {@code tsvectorout}; {@code contrib/hstore/hstore_io.c}: {@code hstore_send}, {@code hstore_out}).
 */
final class BinaryTexts {

    private static final int LEXEME_MIN_BYTES = 3;
    private static final String WEIGHTS = "DCBA";

    private BinaryTexts() {}

    static void bits(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor) {
        int count = length < Integer.BYTES ? -1 : Wire.int32(bytes, offset);
        if (count < 0 || count > Integer.MAX_VALUE - 16 || (count + 7) / 8 != length - Integer.BYTES) {
            throw new MalformedValueException(
                    "bit expects a count of bits and as many bits, got " + count + " in " + length + " bytes");
        }
        byte[] text = new byte[count];
        for (int i = 0; i < count; i++) {
            text[i] = (byte) ('0' + (bytes[offset + Integer.BYTES + i / 8] >> (7 - i % 8) & 1));
        }
        visitor.text(column, text, 0, count);
    }

    /** Money as printed under {@code lc_monetary=C}: the wire holds cents. */
    static void money(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor) {
        Wire.requireLength("money", Long.BYTES, length);
        long cents = Wire.int64(bytes, offset);
        StringBuilder digits = new StringBuilder(Long.toString(cents));
        if (cents < 0) {
            digits.deleteCharAt(0);
        }
        while (digits.length() < 3) {
            digits.insert(0, '0');
        }
        int point = digits.length() - 2;
        digits.insert(point, '.');
        for (int comma = point - 3; comma > 0; comma -= 3) {
            digits.insert(comma, ',');
        }
        give(column, digits.insert(0, cents < 0 ? "-$" : "$").toString(), visitor);
    }

    static void lsn(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor) {
        Wire.requireLength("pg_lsn", Long.BYTES, length);
        String high = Integer.toHexString(Wire.int32(bytes, offset));
        String low = Integer.toHexString(Wire.int32(bytes, offset + Integer.BYTES));
        give(column, (high + "/" + low).toUpperCase(Locale.ROOT), visitor);
    }

    /** A count of pairs; each a length and a key, a length (-1 for NULL) and a value. */
    static void hstore(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor) {
        int end = offset + length;
        int pairs = size("hstore", bytes, offset, end);
        int at = offset + Integer.BYTES;
        ByteArrayOutputStream text = new ByteArrayOutputStream(length + Long.BYTES);
        for (int i = 0; i < pairs; i++) {
            int keyLength = sizeWithin("hstore key", bytes, at, end);
            append(text, i == 0 ? "" : ", ");
            quoted(text, bytes, at + Integer.BYTES, keyLength);
            append(text, "=>");
            at += Integer.BYTES + keyLength;
            if (end - at >= Integer.BYTES && Wire.int32(bytes, at) == -1) {
                append(text, "NULL");
                at += Integer.BYTES;
            } else {
                int valueLength = sizeWithin("hstore value", bytes, at, end);
                quoted(text, bytes, at + Integer.BYTES, valueLength);
                at += Integer.BYTES + valueLength;
            }
        }
        requireEnd("hstore", at, end);
        give(column, text, visitor);
    }

    private static void quoted(ByteArrayOutputStream text, byte[] bytes, int from, int length) {
        text.write('"');
        for (int i = from; i < from + length; i++) {
            if (bytes[i] == '"' || bytes[i] == '\\') {
                text.write('\\');
            }
            text.write(bytes[i]);
        }
        text.write('"');
    }

    /** A count of lexemes; each a word that ends in a zero byte, a count of positions, and the positions with their weights. */
    static void tsvector(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor) {
        int end = offset + length;
        int lexemes = size("tsvector", bytes, offset, end);
        int at = offset + Integer.BYTES;
        ByteArrayOutputStream text = new ByteArrayOutputStream(length + Long.BYTES);
        for (int i = 0; i < lexemes; i++) {
            if (end - at < LEXEME_MIN_BYTES) {
                throw MalformedValueException.length("tsvector lexeme", "at least " + LEXEME_MIN_BYTES, end - at);
            }
            append(text, i == 0 ? "'" : " '");
            while (at < end && bytes[at] != 0) {
                if (bytes[at] == '\'' || bytes[at] == '\\') {
                    text.write(bytes[at]);
                }
                text.write(bytes[at++]);
            }
            text.write('\'');
            at++;
            at = positions(text, bytes, at, end);
        }
        requireEnd("tsvector", at, end);
        give(column, text, visitor);
    }

    private static int positions(ByteArrayOutputStream text, byte[] bytes, int start, int end) {
        int count = end - start < Short.BYTES ? -1 : Wire.uint16(bytes, start);
        if (count < 0 || end - start - Short.BYTES < Short.BYTES * count) {
            throw new MalformedValueException("tsvector expects a count of positions and as many positions, got "
                    + count + " in " + (end - start) + " bytes");
        }
        for (int i = 0; i < count; i++) {
            int position = Wire.uint16(bytes, start + Short.BYTES * (i + 1));
            append(text, (i == 0 ? ":" : ",") + (position & 0x3FFF));
            int weight = position >> 14;
            if (weight > 0) {
                text.write(WEIGHTS.charAt(weight));
            }
        }
        return start + Short.BYTES * (count + 1);
    }

    private static int size(String what, byte[] bytes, int at, int end) {
        int size = end - at < Integer.BYTES ? -1 : Wire.int32(bytes, at);
        if (size < 0) {
            throw new MalformedValueException(what + " expects a size, got " + size);
        }
        return size;
    }

    private static int sizeWithin(String what, byte[] bytes, int at, int end) {
        int size = size(what, bytes, at, end);
        if (size > end - at - Integer.BYTES) {
            throw new MalformedValueException(
                    what + " of " + size + " bytes expects them to follow, got " + (end - at - Integer.BYTES));
        }
        return size;
    }

    private static void requireEnd(String what, int at, int end) {
        if (at != end) {
            throw new MalformedValueException(what + " expects no more bytes at its end, got " + (end - at));
        }
    }

    private static void append(ByteArrayOutputStream text, String ascii) {
        text.writeBytes(ascii.getBytes(StandardCharsets.US_ASCII));
    }

    private static void give(Column column, ByteArrayOutputStream text, ValueVisitor visitor) {
        visitor.text(column, text.toByteArray(), 0, text.size());
    }

    private static void give(Column column, String ascii, ValueVisitor visitor) {
        byte[] bytes = ascii.getBytes(StandardCharsets.US_ASCII);
        visitor.text(column, bytes, 0, bytes.length);
    }
}
