package io.deltaforge.e2e.quickstart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Reads events of the shop in the native envelope, and takes nothing that is only nearly one. Not thread-safe. */
final class EventParser {
    private final ObjectMapper json = new ObjectMapper();

    /**
     * Parses a record.
     *
     * @param received when the consumer got it, milliseconds since the epoch
     * @throws EventFormatException if it is no event of the shop, or not where it belongs
     */
    SeenEvent parse(ConsumerRecord<byte[], byte[]> each, long received) {
        JsonNode event = tree("value", each.value());
        JsonNode source = member(event, "source");
        ShopTable table = ShopTable.of(text(source, "table"));
        if (!table.topic().equals(each.topic())) {
            throw new EventFormatException("an event of " + table.tableName());
        }
        Change change = new Change(Op.of(text(event, "op")), row(table, event, "before"), row(table, event, "after"));
        JsonNode key = tree("key", each.key());
        JsonNode id = key.path("id");
        if (key.size() != 1
                || !id.isIntegralNumber()
                || id.longValue() != change.row().key().id()) {
            throw new EventFormatException("the key " + key + " of an event of " + change.id());
        }
        return new SeenEvent(change, text(event, "event_id"), received - integer(source, "ts_ms"));
    }

    private JsonNode tree(String what, byte[] bytes) {
        if (bytes == null) {
            throw new EventFormatException("no " + what);
        }
        try {
            JsonNode tree = json.readTree(bytes);
            if (tree == null || !tree.isObject()) {
                throw new EventFormatException("the " + what + " is not a JSON object");
            }
            return tree;
        } catch (IOException e) {
            throw new EventFormatException("the " + what + " is not JSON: " + e.getMessage(), e);
        }
    }

    private static ShopRow row(ShopTable table, JsonNode event, String side) {
        JsonNode row = member(event, side);
        if (row.isNull()) {
            return null;
        }
        if (row.size() != table.columns().size()) {
            throw new EventFormatException(side + " has " + row.size() + " columns, expected "
                    + table.columns().size() + ": " + row);
        }
        List<Object> values = new ArrayList<>();
        for (ShopColumn column : table.columns()) {
            values.add(value(column, row));
        }
        return new ShopRow(table, values);
    }

    private static Object value(ShopColumn column, JsonNode row) {
        if (member(row, column.name()).isNull()) {
            return null;
        }
        try {
            return switch (column.kind()) {
                case INTEGER -> integer(row, column.name());
                case DECIMAL -> new BigDecimal(text(row, column.name()));
                case TEXT -> text(row, column.name());
                case TIMESTAMP -> Instant.parse(text(row, column.name()));
            };
        } catch (NumberFormatException | DateTimeParseException e) {
            throw new EventFormatException(column.name() + " is " + row.get(column.name()), e);
        }
    }

    private static JsonNode member(JsonNode object, String name) {
        JsonNode member = object.get(name);
        if (member == null) {
            throw new EventFormatException("no member " + name + " in " + object);
        }
        return member;
    }

    private static String text(JsonNode object, String name) {
        JsonNode member = member(object, name);
        if (!member.isTextual()) {
            throw new EventFormatException(name + " is " + member + ", expected a string");
        }
        return member.textValue();
    }

    private static long integer(JsonNode object, String name) {
        JsonNode member = member(object, name);
        if (!member.canConvertToLong() || !member.isIntegralNumber()) {
            throw new EventFormatException(name + " is " + member + ", expected a whole number");
        }
        return member.longValue();
    }
}
