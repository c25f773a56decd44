package io.deltaforge.core.envelope;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.Column;
import io.deltaforge.api.event.LogicalType;
import io.deltaforge.core.json.JsonBytes;
import io.deltaforge.core.json.UtcTimes;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.concurrent.TimeUnit;

/**
 * Writes values as Debezium's PostgreSQL connector and Kafka Connect's JSON converter do (Debezium documentation, "PostgreSQL
 * connector", section "Data type mappings"; {@code io.debezium.connector.postgresql.PostgresValueConverter}). Not thread-safe.
 */
final class DebeziumRowWriter extends JsonRowWriter {

    private static final long MICROS_PER_DAY = TimeUnit.DAYS.toMicros(1);
    /** With 30.4375 days to a month ({@code io.debezium.time.MicroDuration.DAYS_PER_MONTH_AVG}) no rounding is needed. */
    private static final long MICROS_PER_MONTH = MICROS_PER_DAY / 10_000 * 304_375;

    private static final int MILLIS_DIGITS = 3;
    private static final byte[] INFINITY = "infinity".getBytes(StandardCharsets.US_ASCII);

    /** What Debezium makes of infinite dates and timestamps ({@code PostgresValueConverter}, after {@code PGStatement}). */
    private static final long END_OF_DAYS = LocalDate.of(-5_877_611, 6, 21).toEpochDay();

    private static final long START_OF_DAYS = LocalDate.of(-5_877_611, 6, 22).toEpochDay();
    private static final long END_OF_TIME = 9_223_372_036_825_200_000L;
    private static final long START_OF_TIME = -9_223_372_036_832_400_000L;

    private final DebeziumEnvelope.Values values;
    private final DebeziumDecimals decimals = new DebeziumDecimals();
    private final DebeziumTexts texts = new DebeziumTexts();
    private DebeziumColumn[] columns;
    private DebeziumColumn current;

    DebeziumRowWriter(JsonBytes out, DebeziumEnvelope.Values values) {
        super(out);
        this.values = values;
    }

    /** Says whose values come next. */
    void use(DebeziumColumn[] tableColumns) {
        columns = tableColumns;
    }

    private DebeziumColumn of(Column column) {
        if (isInArray()) {
            return current.element;
        }
        current = columns[column.index()];
        return current;
    }

    @Override
    public void unchanged(Column column) {
        DebeziumColumn known = of(column);
        lead(column);
        out.raw(known.unavailable);
    }

    @Override
    public void beginArray(Column column, int length) {
        if (!isInArray()) {
            current = columns[column.index()];
        }
        super.beginArray(column, length);
    }

    @Override
    public void float32(Column column, float value) {
        lead(column);
        out.pointedFloat(value);
    }

    @Override
    public void float64(Column column, double value) {
        lead(column);
        out.pointedDouble(value);
    }

    @Override
    public void decimal(Column column, byte[] ascii, int offset, int length) {
        DebeziumColumn known = of(column);
        lead(column);
        decimal(column, known, ascii, offset, length);
    }

    private void decimal(Column column, DebeziumColumn known, byte[] ascii, int offset, int length) {
        switch (values.decimals()) {
            case STRING -> out.asciiString(ascii, offset, length);
            case DOUBLE ->
                out.pointedDouble(Double.parseDouble(new String(ascii, offset, length, StandardCharsets.US_ASCII)));
            case PRECISE -> {
                if (!DebeziumDecimals.isNumber(ascii, offset, length)) {
                    throw unwritable(
                            column,
                            new String(ascii, offset, length, StandardCharsets.US_ASCII),
                            "decimal.handling.mode = precise",
                            "decimal.handling.mode = string or double");
                }
                if (known.scaled) {
                    decimals.scaled(out, ascii, offset, length, known.scale);
                } else {
                    decimals.variable(out, ascii, offset, length);
                }
            }
        }
    }

    @Override
    public void json(Column column, byte[] utf8, int offset, int length) {
        lead(column);
        out.string(utf8, offset, length);
    }

    @Override
    public void binary(Column column, byte[] bytes, int offset, int length) {
        lead(column);
        binary(out, values.binaries(), bytes, offset, length);
    }

    static void binary(JsonBytes out, DebeziumEnvelope.Binaries mode, byte[] bytes, int offset, int length) {
        switch (mode) {
            case BYTES, BASE64 -> out.base64(bytes, offset, length);
            case BASE64_URL_SAFE -> out.base64Url(bytes, offset, length);
            case HEX -> out.hex(bytes, offset, length);
        }
    }

    @Override
    public void date(Column column, long epochDay) {
        lead(column);
        if (values.times() == DebeziumEnvelope.Times.ISOSTRING) {
            UtcTimes.date(out, epochDay);
        } else {
            out.longValue(epochDay);
        }
    }

    @Override
    public void time(Column column, long microsOfDay) {
        DebeziumColumn known = of(column);
        lead(column);
        switch (values.times()) {
            case ISOSTRING -> UtcTimes.time(out, microsOfDay % MICROS_PER_DAY);
            case CONNECT -> out.longValue(microsOfDay / 1_000);
            case NANOSECONDS -> out.longValue(microsOfDay * 1_000);
            case ADAPTIVE -> out.longValue(inMillis(known) ? microsOfDay / 1_000 : microsOfDay);
            case ADAPTIVE_TIME_MICROSECONDS, MICROSECONDS -> out.longValue(microsOfDay);
        }
    }

    /** The precision of a column decides in the adaptive modes ({@code io.debezium.jdbc.TemporalPrecisionMode}). */
    static boolean inMillis(DebeziumColumn column) {
        return column.fractionDigits <= MILLIS_DIGITS;
    }

    /** In UTC; the end of the day stays what it is there ({@code PostgresTimeBoundary}). */
    @Override
    public void timeTz(Column column, long microsOfDay, int offsetSeconds) {
        lead(column);
        boolean isEnd = offsetSeconds == 0 && microsOfDay == MICROS_PER_DAY;
        UtcTimes.time(
                out,
                isEnd
                        ? microsOfDay
                        : Math.floorMod(microsOfDay - TimeUnit.SECONDS.toMicros(offsetSeconds), MICROS_PER_DAY));
    }

    @Override
    public void timestamp(Column column, long epochMicros) {
        DebeziumColumn known = of(column);
        lead(column);
        switch (values.times()) {
            case ISOSTRING -> UtcTimes.dateTime(out, epochMicros, UtcTimes.AS_NEEDED);
            case CONNECT -> out.longValue(Math.floorDiv(epochMicros, 1_000));
            case NANOSECONDS -> {
                long nanos = epochMicros * 1_000;
                if (nanos / 1_000 != epochMicros) {
                    throw unwritable(
                            column,
                            epochMicros + " microseconds",
                            "time.precision.mode = nanoseconds",
                            "another time.precision.mode");
                }
                out.longValue(nanos);
            }
            case ADAPTIVE, ADAPTIVE_TIME_MICROSECONDS ->
                out.longValue(inMillis(known) ? Math.floorDiv(epochMicros, 1_000) : epochMicros);
            case MICROSECONDS -> out.longValue(epochMicros);
        }
    }

    /** With as many digits as the column has ({@code io.debezium.time.ZonedTimestamp}). */
    @Override
    public void timestampTz(Column column, long epochMicros) {
        DebeziumColumn known = of(column);
        lead(column);
        int digits = known.fractionDigits;
        UtcTimes.dateTime(out, epochMicros, digits == 0 ? UtcTimes.AS_NEEDED : digits);
    }

    @Override
    public void interval(Column column, int months, int days, long micros) {
        lead(column);
        if (values.intervals() == DebeziumEnvelope.Intervals.STRING) {
            DebeziumTexts.interval(out, months, days, micros);
            return;
        }
        try {
            out.longValue(Math.addExact(
                    Math.addExact(Math.multiplyExact(months, MICROS_PER_MONTH), days * MICROS_PER_DAY), micros));
        } catch (ArithmeticException e) {
            throw unwritable(
                    column, months + " months", "interval.handling.mode = numeric", "interval.handling.mode = string");
        }
    }

    @Override
    public void text(Column column, byte[] utf8, int offset, int length) {
        switch (column.type()) {
            case DATE, TIMESTAMP -> infinity(column, utf8, offset, length);
            case TIME -> time(column, MICROS_PER_DAY);
            case TIME_TZ -> timeTz(column, MICROS_PER_DAY, DebeziumTexts.offsetOfEndOfDay(utf8, offset, length));
            default -> otherText(column, utf8, offset, length);
        }
    }

    private void otherText(Column column, byte[] utf8, int offset, int length) {
        DebeziumColumn known = of(column);
        lead(column);
        switch (known.form) {
            case MONEY -> {
                byte[] digits = DebeziumTexts.amount(utf8, offset, length);
                decimal(column, known, digits, 0, digits.length);
            }
            case BIT -> out.raw(length > 0 && utf8[offset] == '1' ? TRUE : FALSE);
            case BITS -> texts.bits(out, utf8, offset, length);
            case HSTORE -> texts.hstore(out, utf8, offset, length, values.maps() == DebeziumEnvelope.Maps.JSON);
            case POINT -> texts.point(out, utf8, offset, length);
            case PLAIN -> out.string(utf8, offset, length);
        }
    }

    /** Dates and timestamps come as text only if they are not in the calendar, times of day only at the end of it. */
    private void infinity(Column column, byte[] utf8, int offset, int length) {
        boolean positive = length == INFINITY.length;
        if (values.times() == DebeziumEnvelope.Times.ISOSTRING) {
            lead(column);
            out.string(utf8, offset, length);
        } else if (column.type() == LogicalType.DATE) {
            date(column, positive ? END_OF_DAYS : START_OF_DAYS);
        } else if (values.times() == DebeziumEnvelope.Times.NANOSECONDS) {
            lead(column);
            out.longValue(positive ? Long.MAX_VALUE : Long.MIN_VALUE);
        } else {
            timestamp(column, positive ? END_OF_TIME : START_OF_TIME);
        }
    }

    private static DeliveryException unwritable(Column column, String value, String setting, String other) {
        return new DeliveryException(
                ErrorKind.RECORD,
                "VALUE_NOT_WRITABLE",
                "the value " + value + " of the column " + column + " has no form with " + setting,
                "set " + other,
                null);
    }
}
