package io.deltaforge.core.envelope;

import io.deltaforge.api.event.Column;
import io.deltaforge.api.event.LogicalType;
import io.deltaforge.core.json.JsonBytes;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Debezium's shape needs to know of a column beyond its logical type, read once from the database's name of the type:
 * precision, scale, and the types that Debezium has a form of its own for. Immutable.
 */
final class DebeziumColumn {

    /** How values that are handed out as the database's text are written. */
    enum Form {
        PLAIN,
        MONEY,
        BIT,
        BITS,
        HSTORE,
        POINT
    }

    private static final Pattern MODIFIER = Pattern.compile("\\((-?\\d{1,9})(?:,\\s*(-?\\d{1,9}))?\\)");
    private static final int MONEY_SCALE = 2;
    private static final int DEFAULT_FRACTION_DIGITS = 6;

    final Form form;
    /** Whether all values of a decimal column have the same scale. */
    final boolean scaled;

    final int precision;
    final int scale;
    /** How many digits seconds have behind the point. */
    final int fractionDigits;
    /** How many bits there are at most. */
    final int bits;
    /** What an element of an array is; null for other columns. */
    final DebeziumColumn element;
    /** What stands for a value that the database did not log, as JSON. */
    final byte[] unavailable;

    /** Describes a column. */
    DebeziumColumn(Column column, DebeziumEnvelope.Values values) {
        this(column, column.sourceType(), values);
    }

    /** The modifier of an array's elements stands at the array. */
    private DebeziumColumn(Column column, String modified, DebeziumEnvelope.Values values) {
        this.form = form(column, modified);
        Matcher modifier = MODIFIER.matcher(modified);
        boolean found = modifier.find();
        int first = found ? Integer.parseInt(modifier.group(1)) : 0;
        this.scaled = found || form == Form.MONEY;
        this.precision = first;
        this.scale = form == Form.MONEY
                ? MONEY_SCALE
                : found && modifier.group(2) != null ? Integer.parseInt(modifier.group(2)) : 0;
        this.fractionDigits = found ? Math.min(Math.max(first, 0), DEFAULT_FRACTION_DIGITS) : DEFAULT_FRACTION_DIGITS;
        this.bits = found ? first : Integer.MAX_VALUE;
        this.element = column.element()
                .map(inner -> new DebeziumColumn(inner, column.sourceType(), values))
                .orElse(null);
        this.unavailable = unavailable(column, values);
    }

    private static Form form(Column column, String modified) {
        if (column.type() != LogicalType.OTHER) {
            return Form.PLAIN;
        }
        String type = column.sourceType();
        if (type.startsWith("bit")) {
            boolean one = modified.contains("(1)") || (!modified.contains("(") && !type.contains("varying"));
            return one ? Form.BIT : Form.BITS;
        }
        return switch (type) {
            case "money" -> Form.MONEY;
            case "hstore" -> Form.HSTORE;
            case "point" -> Form.POINT;
            default -> Form.PLAIN;
        };
    }

    /**
     * The forms of {@code io.debezium.connector.postgresql.UnchangedToastedPlaceholder}: text as it is, bytes as bytes, an array
     * with the one element, or for numbers the bytes as its elements.
     */
    private byte[] unavailable(Column column, DebeziumEnvelope.Values values) {
        JsonBytes json = new JsonBytes();
        if (element == null) {
            unavailable(json, column, values);
            return json.toByteArray();
        }
        Column inner = column.element().orElseThrow();
        byte[] text = values.unavailable().getBytes(StandardCharsets.UTF_8);
        json.rawByte('[');
        switch (inner.type()) {
            case INTEGER, DATE -> {
                for (int i = 0; i < text.length; i++) {
                    if (i > 0) {
                        json.rawByte(',');
                    }
                    json.longValue(text[i]);
                }
            }
            case UUID -> json.string(UUID.nameUUIDFromBytes(text).toString());
            default -> element.unavailable(json, inner, values);
        }
        json.rawByte(']');
        return json.toByteArray();
    }

    private void unavailable(JsonBytes json, Column column, DebeziumEnvelope.Values values) {
        byte[] text = values.unavailable().getBytes(StandardCharsets.UTF_8);
        boolean precise = values.decimals() == DebeziumEnvelope.Decimals.PRECISE;
        if (column.type() == LogicalType.BINARY) {
            DebeziumRowWriter.binary(json, values.binaries(), text, 0, text.length);
        } else if (form == Form.BITS || (form == Form.MONEY && precise)) {
            json.base64(text, 0, text.length);
        } else if (column.type() == LogicalType.DECIMAL && precise) {
            if (scaled) {
                json.base64(text, 0, text.length);
            } else {
                DebeziumDecimals.beginVariable(json, 0);
                json.base64(text, 0, text.length);
                json.rawByte('}');
            }
        } else if (form == Form.HSTORE) {
            JsonBytes map = new JsonBytes();
            map.rawByte('{');
            map.string(values.unavailable());
            map.rawByte(':');
            map.string(values.unavailable());
            map.rawByte('}');
            if (values.maps() == DebeziumEnvelope.Maps.JSON) {
                json.string(map);
            } else {
                json.raw(map);
            }
        } else {
            json.string(values.unavailable());
        }
    }
}
