package io.deltaforge.core.envelope;

import static io.deltaforge.core.envelope.DebeziumSchemas.quoted;

import io.deltaforge.api.event.Column;
import java.util.ArrayList;
import java.util.List;

/**
 * Describes columns as Debezium does (Debezium documentation, "PostgreSQL connector", section "Data type mappings"), in the JSON of
 * Kafka Connect's JSON converter. Immutable.
 */
final class DebeziumFieldSchemas {

    private static final String CONNECT = "org.apache.kafka.connect.data.";
    private static final String TIME = "io.debezium.time.";
    private static final String DATA = "io.debezium.data.";

    private final DebeziumEnvelope.Values values;

    DebeziumFieldSchemas(DebeziumEnvelope.Values values) {
        this.values = values;
    }

    /** Describes columns as the fields of a struct. */
    String of(List<Column> described, DebeziumColumn[] columns, boolean optional) {
        List<String> fields = new ArrayList<>();
        for (Column column : described) {
            fields.add(type(column, columns[column.index()], optional) + ",\"field\":" + quoted(column.name()) + "}");
        }
        return String.join(",", fields);
    }

    /** Returns the schema of a column's values, without the brace at its end. */
    private String type(Column column, DebeziumColumn known, boolean optional) {
        return switch (column.type()) {
            case BOOLEAN -> plain("boolean", optional);
            case INTEGER -> plain(integer(column), optional);
            case FLOAT32 -> plain("float", optional);
            case FLOAT64 -> plain("double", optional);
            case DECIMAL -> decimal(known, optional, true);
            case BINARY -> plain(values.binaries() == DebeziumEnvelope.Binaries.BYTES ? "bytes" : "string", optional);
            case JSON -> named("string", optional, DATA + "Json");
            case UUID -> named("string", optional, DATA + "Uuid");
            case ENUM -> named("string", optional, DATA + "Enum");
            case DATE -> date(optional);
            case TIME -> time(known, optional);
            case TIMESTAMP -> timestamp(known, optional);
            case TIME_TZ -> named("string", optional, TIME + "ZonedTime");
            case TIMESTAMP_TZ -> named("string", optional, TIME + "ZonedTimestamp");
            case INTERVAL ->
                values.intervals() == DebeziumEnvelope.Intervals.STRING
                        ? named("string", optional, TIME + "Interval")
                        : named("int64", optional, TIME + "MicroDuration");
            case ARRAY ->
                "{\"type\":\"array\",\"items\":" + type(column.element().orElseThrow(), known.element, true)
                        + "},\"optional\":" + optional;
            case TEXT -> plain("string", optional);
            case OTHER -> other(column, known, optional);
        };
    }

    /** The names that PostgreSQL's {@code format_type} gives the smaller types. */
    private static String integer(Column column) {
        return switch (column.sourceType()) {
            case "smallint" -> "int16";
            case "integer" -> "int32";
            default -> "int64";
        };
    }

    private String decimal(DebeziumColumn known, boolean optional, boolean withPrecision) {
        return switch (values.decimals()) {
            case STRING -> plain("string", optional);
            case DOUBLE -> plain("double", optional);
            case PRECISE -> {
                if (!known.scaled) {
                    yield struct(
                            optional,
                            DATA + "VariableScaleDecimal",
                            "{\"type\":\"int32\",\"optional\":false,\"field\":\"scale\"}",
                            "{\"type\":\"bytes\",\"optional\":false,\"field\":\"value\"}");
                }
                String precision = withPrecision ? ",\"connect.decimal.precision\":\"" + known.precision + "\"" : "";
                yield named("bytes", optional, CONNECT + "Decimal") + ",\"parameters\":{\"scale\":\"" + known.scale
                        + "\"" + precision + "}";
            }
        };
    }

    private String date(boolean optional) {
        return switch (values.times()) {
            case ISOSTRING -> named("string", optional, TIME + "IsoDate");
            case CONNECT -> named("int32", optional, CONNECT + "Date");
            default -> named("int32", optional, TIME + "Date");
        };
    }

    private String time(DebeziumColumn known, boolean optional) {
        boolean inMillis = values.times() == DebeziumEnvelope.Times.ADAPTIVE && DebeziumRowWriter.inMillis(known);
        return switch (values.times()) {
            case ISOSTRING -> named("string", optional, TIME + "IsoTime");
            case CONNECT -> named("int32", optional, CONNECT + "Time");
            case NANOSECONDS -> named("int64", optional, TIME + "NanoTime");
            default ->
                inMillis ? named("int32", optional, TIME + "Time") : named("int64", optional, TIME + "MicroTime");
        };
    }

    private String timestamp(DebeziumColumn known, boolean optional) {
        boolean inMillis = values.times() != DebeziumEnvelope.Times.MICROSECONDS && DebeziumRowWriter.inMillis(known);
        return switch (values.times()) {
            case ISOSTRING -> named("string", optional, TIME + "IsoTimestamp");
            case CONNECT -> named("int64", optional, CONNECT + "Timestamp");
            case NANOSECONDS -> named("int64", optional, TIME + "NanoTimestamp");
            default -> named("int64", optional, TIME + (inMillis ? "Timestamp" : "MicroTimestamp"));
        };
    }

    private String other(Column column, DebeziumColumn known, boolean optional) {
        return switch (known.form) {
            case MONEY -> decimal(known, optional, false);
            case BIT -> plain("boolean", optional);
            case BITS ->
                named("bytes", optional, DATA + "Bits") + ",\"parameters\":{\"length\":\"" + known.bits + "\"}";
            case HSTORE ->
                values.maps() == DebeziumEnvelope.Maps.JSON
                        ? named("string", optional, DATA + "Json")
                        : "{\"type\":\"map\",\"keys\":" + plain("string", false) + "},\"values\":"
                                + plain("string", true) + "},\"optional\":" + optional;
            case POINT ->
                struct(
                        optional,
                        DATA + "geometry.Point",
                        "{\"type\":\"double\",\"optional\":false,\"field\":\"x\"}",
                        "{\"type\":\"double\",\"optional\":false,\"field\":\"y\"}",
                        "{\"type\":\"bytes\",\"optional\":true,\"field\":\"wkb\"}",
                        "{\"type\":\"int32\",\"optional\":true,\"field\":\"srid\"}");
            case PLAIN ->
                switch (column.sourceType()) {
                    case "xml" -> named("string", optional, DATA + "Xml");
                    case "ltree" -> named("string", optional, DATA + "Ltree");
                    case "tsvector" -> named("string", optional, DATA + "TsVector");
                    default -> plain("string", optional);
                };
        };
    }

    private static String plain(String type, boolean optional) {
        return "{\"type\":\"" + type + "\",\"optional\":" + optional;
    }

    private static String named(String type, boolean optional, String name) {
        return plain(type, optional) + ",\"name\":\"" + name + "\",\"version\":1";
    }

    private static String struct(boolean optional, String name, String... fields) {
        return "{\"type\":\"struct\",\"fields\":[" + String.join(",", fields) + "],\"optional\":" + optional
                + ",\"name\":\"" + name + "\",\"version\":1";
    }
}
