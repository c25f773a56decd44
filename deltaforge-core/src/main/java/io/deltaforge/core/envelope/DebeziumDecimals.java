package io.deltaforge.core.envelope;

import io.deltaforge.core.json.JsonBytes;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/**
 * Writes decimal numbers as Kafka Connect does: the unscaled value as big-endian two's complement bytes in base 64
 * ({@code org.apache.kafka.connect.data.Decimal}), beside its scale where a column has none
 * ({@code io.debezium.data.VariableScaleDecimal}). Numbers of up to eighteen digits take no objects. Not thread-safe.
 */
final class DebeziumDecimals {

    private static final int MAX_LONG_DIGITS = 18;
    private static final byte[] SCALE = "{\"scale\":".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] VALUE = ",\"value\":".getBytes(StandardCharsets.US_ASCII);

    private final byte[] bytes = new byte[Long.BYTES];

    /** Says whether a text is a number, and not {@code NaN} or an infinity. */
    static boolean isNumber(byte[] ascii, int offset, int length) {
        byte last = length == 0 ? 0 : ascii[offset + length - 1];
        return last >= '0' && last <= '9';
    }

    /**
     * Writes a number of a column whose numbers all have the same scale.
     *
     * @throws ArithmeticException when the number has more digits than that
     */
    void scaled(JsonBytes out, byte[] ascii, int offset, int length, int scale) {
        int point = point(ascii, offset, length);
        int fraction = point < 0 ? 0 : offset + length - point - 1;
        if (fraction == scale && length <= MAX_LONG_DIGITS) {
            unscaled(out, ascii, offset, length);
        } else {
            unscaled(out, number(ascii, offset, length).setScale(scale).unscaledValue());
        }
    }

    /** Writes a number with its own scale, which is as small as it can be without being negative. */
    void variable(JsonBytes out, byte[] ascii, int offset, int length) {
        int point = point(ascii, offset, length);
        int end = offset + length;
        if (point >= 0) {
            while (ascii[end - 1] == '0') {
                end--;
            }
        }
        int fraction = point < 0 ? 0 : end - point - 1;
        if (fraction == 0 && point >= 0) {
            end = point;
        }
        beginVariable(out, fraction);
        if (end - offset <= MAX_LONG_DIGITS) {
            unscaled(out, ascii, offset, end - offset);
        } else {
            unscaled(out, number(ascii, offset, end - offset).unscaledValue());
        }
        out.rawByte('}');
    }

    static void beginVariable(JsonBytes out, int scale) {
        out.raw(SCALE);
        out.longValue(scale);
        out.raw(VALUE);
    }

    private static int point(byte[] ascii, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            if (ascii[i] == '.') {
                return i;
            }
        }
        return -1;
    }

    private static BigDecimal number(byte[] ascii, int offset, int length) {
        return new BigDecimal(new String(ascii, offset, length, StandardCharsets.US_ASCII));
    }

    private void unscaled(JsonBytes out, byte[] ascii, int offset, int length) {
        long value = 0;
        for (int i = offset; i < offset + length; i++) {
            if (ascii[i] >= '0') {
                value = value * 10 + ascii[i] - '0';
            }
        }
        unscaled(out, length > 0 && ascii[offset] == '-' ? -value : value);
    }

    private void unscaled(JsonBytes out, long value) {
        int bits = Long.SIZE - Long.numberOfLeadingZeros(value < 0 ? ~value : value);
        int count = bits / Byte.SIZE + 1;
        long left = value;
        for (int i = count - 1; i >= 0; i--) {
            bytes[i] = (byte) left;
            left >>= Byte.SIZE;
        }
        out.base64(bytes, 0, count);
    }

    private static void unscaled(JsonBytes out, BigInteger value) {
        byte[] all = value.toByteArray();
        out.base64(all, 0, all.length);
    }
}
