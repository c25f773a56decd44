package io.deltaforge.core.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Random;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class JsonBytesTest {

    private static final long SEED = 20_261_123L;

    private static String written(Consumer<JsonBytes> writer) {
        JsonBytes json = new JsonBytes();
        writer.accept(json);
        return new String(json.toByteArray(), StandardCharsets.UTF_8);
    }

    private static String string(byte[] utf8) {
        return written(json -> json.string(utf8, 0, utf8.length));
    }

    @Test
    void shouldWriteWholeNumbersAsJavaDoes() {
        Random random = new Random(SEED);
        for (int i = 0; i < 100_000; i++) {
            long value = random.nextLong() >> random.nextInt(64);
            assertThat(written(json -> json.longValue(value))).isEqualTo(Long.toString(value));
        }
        for (long value : new long[] {0, 9, 10, 99, 100, -1, -10, Long.MIN_VALUE, Long.MAX_VALUE}) {
            assertThat(written(json -> json.longValue(value))).isEqualTo(Long.toString(value));
        }
    }

    @Test
    void shouldEscapeWhatJsonAsksForAndNothingElse() {
        assertThat(string("plain text, long enough for eight at a time".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo("\"plain text, long enough for eight at a time\"");
        assertThat(string("\"\\\b\f\n\r\t\u0001\u001f/\u007f".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo("\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001f/\u007f\"");
        assertThat(string("é €  𝄞 日本".getBytes(StandardCharsets.UTF_8))).isEqualTo("\"é €  𝄞 日本\"");
    }

    @Test
    void shouldFindEveryByteThatNeedsAnEscapeWhereverItStands() {
        for (int place = 0; place < 24; place++) {
            for (int value = 0; value < 128; value++) {
                byte[] text = "abcdefghijklmnopqrstuvwx".getBytes(StandardCharsets.US_ASCII);
                text[place] = (byte) value;
                boolean plain = value >= 0x20 && value != '"' && value != '\\';
                String expected = "\"" + new String(text, StandardCharsets.US_ASCII) + "\"";
                if (plain) {
                    assertThat(string(text)).isEqualTo(expected);
                } else {
                    assertThat(string(text)).contains("\\").startsWith("\"" + expected.substring(1, place + 1));
                }
            }
        }
    }

    @Test
    void shouldReplaceWhatIsNotUtf8() {
        Random random = new Random(SEED);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(12)];
            random.nextBytes(bytes);
            byte[] out = string(bytes).getBytes(StandardCharsets.UTF_8);
            assertThat(new String(out, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8))
                    .isEqualTo(out);
        }
        assertThat(string(new byte[] {'a', (byte) 0xFF, 'b'})).isEqualTo("\"a\uFFFDb\"");
        assertThat(string(new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80})).isEqualTo("\"\uFFFD\uFFFD\uFFFD\"");
        assertThat(string(new byte[] {(byte) 0xE2, (byte) 0x82})).isEqualTo("\"\uFFFD\uFFFD\"");
    }

    @Test
    void shouldWriteTheShortestDoubleThatReadsBack() {
        Random random = new Random(SEED);
        for (int i = 0; i < 20_000; i++) {
            double value =
                    switch (i % 4) {
                        case 0 -> Double.longBitsToDouble(random.nextLong());
                        case 1 -> random.nextInt(10_000_000) / 100.0;
                        case 2 -> Math.scalb(1.0, random.nextInt(2_098) - 1_074);
                        default -> random.nextGaussian() * Math.pow(10, random.nextInt(40) - 20);
                    };
            if (!Double.isNaN(value) && !Double.isInfinite(value)) {
                shouldBeShortest(written(json -> json.doubleValue(value)), value);
            }
        }
        shouldBeShortest(written(json -> json.doubleValue(Double.MIN_VALUE)), Double.MIN_VALUE);
        shouldBeShortest(written(json -> json.doubleValue(Double.MAX_VALUE)), Double.MAX_VALUE);
    }

    private static void shouldBeShortest(String text, double value) {
        assertThat(Double.parseDouble(text)).isEqualTo(value);
        BigDecimal digits = new BigDecimal(text).stripTrailingZeros();
        if (digits.precision() > 1) {
            BigDecimal exact = new BigDecimal(value);
            MathContext shorter = new MathContext(digits.precision() - 1);
            assertThat(exact.round(shorter).doubleValue()).as(text).isNotEqualTo(value);
        }
    }

    @Test
    void shouldWriteFloatsThatReadBackAndAreNoLongerThanJavas() {
        Random random = new Random(SEED);
        for (int i = 0; i < 20_000; i++) {
            float value = i % 2 == 0 ? Float.intBitsToFloat(random.nextInt()) : random.nextInt(100_000) / 100f;
            if (!Float.isNaN(value) && !Float.isInfinite(value)) {
                String text = written(json -> json.floatValue(value));
                assertThat(Float.parseFloat(text)).isEqualTo(value);
                assertThat(new BigDecimal(text).stripTrailingZeros().precision())
                        .isLessThanOrEqualTo(new BigDecimal(Float.toString(value))
                                .stripTrailingZeros()
                                .precision());
            }
        }
    }

    @Test
    void shouldWriteFloatingPointNumbersInTheFormOfEcmaScript() {
        assertThat(written(json -> json.doubleValue(1))).isEqualTo("1");
        assertThat(written(json -> json.doubleValue(-0.0))).isEqualTo("-0");
        assertThat(written(json -> json.doubleValue(12.5))).isEqualTo("12.5");
        assertThat(written(json -> json.doubleValue(0.000001))).isEqualTo("0.000001");
        assertThat(written(json -> json.doubleValue(1.5e-7))).isEqualTo("1.5e-7");
        assertThat(written(json -> json.doubleValue(1e21))).isEqualTo("1e+21");
        assertThat(written(json -> json.doubleValue(123456789012345680000.0))).isEqualTo("123456789012345680000");
        assertThat(written(json -> json.doubleValue(2e-3))).isEqualTo("0.002");
        assertThat(written(json -> json.doubleValue(Double.NaN))).isEqualTo("\"NaN\"");
        assertThat(written(json -> json.floatValue(Float.NEGATIVE_INFINITY))).isEqualTo("\"-Infinity\"");
        assertThat(written(json -> json.floatValue(0.1f))).isEqualTo("0.1");
    }

    @Test
    void shouldWriteBase64AndUuidsAsJavaDoes() {
        Random random = new Random(SEED);
        for (int size = 0; size < 40; size++) {
            byte[] bytes = new byte[size];
            random.nextBytes(bytes);
            assertThat(written(json -> json.base64(bytes, 0, bytes.length)))
                    .isEqualTo("\"" + Base64.getEncoder().encodeToString(bytes) + "\"");
            UUID uuid = new UUID(random.nextLong(), random.nextLong());
            assertThat(written(json -> json.uuid(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits())))
                    .isEqualTo("\"" + uuid + "\"");
        }
    }

    @Test
    void shouldWriteDatesAsJavaDoes() {
        Random random = new Random(SEED);
        for (int i = 0; i < 50_000; i++) {
            LocalDate date = LocalDate.of(random.nextInt(10_000), 1 + random.nextInt(12), 1 + random.nextInt(28));
            assertThat(written(json -> json.isoDate(date.toEpochDay()))).isEqualTo("\"" + date + "\"");
        }
        assertThat(written(json -> json.isoDate(LocalDate.of(-43, 3, 15).toEpochDay())))
                .isEqualTo("\"-000043-03-15\"");
        assertThat(written(json -> json.isoDate(LocalDate.of(294_276, 12, 31).toEpochDay())))
                .isEqualTo("\"+294276-12-31\"");
        assertThat(written(json -> json.isoDate(LocalDate.of(10_000, 1, 1).toEpochDay())))
                .isEqualTo("\"+010000-01-01\"");
    }

    @Test
    void shouldWriteTimesWithAsManyDigitsAsTheyNeed() {
        assertThat(written(json -> json.isoTime(0))).isEqualTo("\"00:00:00\"");
        assertThat(written(json -> json.isoTime(86_400_000_000L))).isEqualTo("\"24:00:00\"");
        assertThat(written(json -> json.isoTime(1_500_000))).isEqualTo("\"00:00:01.500\"");
        assertThat(written(json -> json.isoTime(1_000_001))).isEqualTo("\"00:00:01.000001\"");
        assertThat(written(json -> json.isoOffsetTime(0, -5 * 3600 - 1800))).isEqualTo("\"00:00:00-05:30\"");
        assertThat(written(json -> json.isoOffsetTime(0, 3661))).isEqualTo("\"00:00:00+01:01:01\"");
        Random random = new Random(SEED);
        for (int i = 0; i < 50_000; i++) {
            long micros = random.nextLong() / 100_000;
            LocalDateTime expected =
                    LocalDateTime.ofEpochSecond(0, 0, ZoneOffset.UTC).plus(micros, ChronoUnit.MICROS);
            if (expected.getYear() >= 0 && expected.getYear() <= 9999) {
                String text = written(json -> json.isoInstant(micros));
                assertThat(LocalDateTime.parse(text.substring(1, text.length() - 2)))
                        .isEqualTo(expected);
                assertThat(text).endsWith("Z\"");
            }
        }
    }

    @Test
    void shouldGiveTheMemoryOfAHugeDocumentBack() {
        JsonBytes json = new JsonBytes();
        byte[] huge = new byte[8 << 20];
        json.raw(huge);
        assertThat(json.length()).isEqualTo(huge.length);
        json.reset();
        assertThat(json.room(0).length).isLessThan(JsonBytes.KEEP_BYTES);
    }
}
