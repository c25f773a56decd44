package io.deltaforge.core.envelope;

import io.deltaforge.api.event.TableSchema;
import io.deltaforge.api.event.Transaction;
import io.deltaforge.core.json.JsonBytes;
import java.nio.charset.StandardCharsets;

/**
 * The schemas of one table's keys and values, as Kafka Connect's JSON converter writes them with {@code schemas.enable}. What the
 * log does not tell is left open: all columns of values are optional, since it does not say which are NOT NULL, and
 * enumerations are named without their labels. Not thread-safe.
 */
final class DebeziumSchemas {

    private static final String ENVELOPE_TAIL = ",{\"type\":\"struct\",\"fields\":["
            + "{\"type\":\"string\",\"optional\":false,\"field\":\"id\"},"
            + "{\"type\":\"int64\",\"optional\":false,\"field\":\"total_order\"},"
            + "{\"type\":\"int64\",\"optional\":false,\"field\":\"data_collection_order\"}],"
            + "\"optional\":true,\"name\":\"event.block\",\"version\":1,\"field\":\"transaction\"},"
            + "{\"type\":\"string\",\"optional\":false,\"field\":\"op\"},"
            + "{\"type\":\"int64\",\"optional\":true,\"field\":\"ts_ms\"},"
            + "{\"type\":\"int64\",\"optional\":true,\"field\":\"ts_us\"},"
            + "{\"type\":\"int64\",\"optional\":true,\"field\":\"ts_ns\"}],"
            + "\"optional\":false,\"name\":";

    private static final String SNAPSHOT = "{\"type\":\"string\",\"optional\":true,\"name\":\"io.debezium.data.Enum\","
            + "\"version\":1,\"parameters\":{\"allowed\":\"true,first,first_in_data_collection,"
            + "last_in_data_collection,last,false,incremental\"},\"default\":\"false\",\"field\":\"snapshot\"}";

    private final byte[] keyHead;
    private final byte[] valueStart;
    private final byte[] valueEnd;
    private final boolean hasSchema;
    private String connector;
    private byte[] sourceFields;

    DebeziumSchemas(TableSchema table, DebeziumColumn[] columns, DebeziumEnvelope.Values values, String serverName) {
        hasSchema = table.schema().isPresent();
        String name = serverName + "." + table.qualifiedName();
        DebeziumFieldSchemas fields = new DebeziumFieldSchemas(values);
        keyHead = bytes("{\"schema\":{\"type\":\"struct\",\"fields\":["
                + fields.of(table.key(), columns, false)
                + "],\"optional\":false,\"name\":" + quoted(name + ".Key") + "},\"payload\":");
        String row = "{\"type\":\"struct\",\"fields\":[" + fields.of(table.columns(), columns, true)
                + "],\"optional\":true,\"name\":" + quoted(name + ".Value") + ",\"field\":";
        valueStart =
                bytes("{\"schema\":{\"type\":\"struct\",\"fields\":[" + row + "\"before\"}," + row + "\"after\"},");
        valueEnd = bytes(ENVELOPE_TAIL + quoted(name + ".Envelope") + ",\"version\":2},\"payload\":");
    }

    /** Writes the schema of a key, up to the payload. */
    void writeKeyHead(JsonBytes out) {
        out.raw(keyHead);
    }

    /** Writes the schema of a value, up to the payload. */
    void writeValueHead(JsonBytes out, Transaction transaction) {
        if (!transaction.connector().equals(connector)) {
            connector = transaction.connector();
            sourceFields = bytes(source(transaction));
        }
        out.raw(valueStart);
        out.raw(sourceFields);
        out.raw(valueEnd);
    }

    /** Describes what {@link DebeziumSource} writes. */
    private String source(Transaction transaction) {
        StringBuilder json = new StringBuilder("{\"type\":\"struct\",\"fields\":[");
        field(json, "string", false, "version").append(',');
        field(json, "string", false, "connector").append(',');
        field(json, "string", false, "name").append(',');
        field(json, "int64", false, "ts_ms").append(',');
        json.append(SNAPSHOT).append(',');
        field(json, "string", false, "db").append(',');
        field(json, "string", true, "sequence").append(',');
        field(json, "int64", true, "ts_us").append(',');
        field(json, "int64", true, "ts_ns").append(',');
        if (hasSchema) {
            field(json, "string", false, "schema").append(',');
        }
        field(json, "string", false, "table");
        if (connector.equals(DebeziumSource.POSTGRESQL)) {
            field(json.append(','), "int64", true, "txId");
            field(json.append(','), "int64", true, "lsn");
            field(json.append(','), "int64", true, "xmin");
        } else {
            transaction.describe(new Transaction.SourceFields() {
                @Override
                public void text(String name, String value) {
                    field(json.append(','), "string", true, name);
                }

                @Override
                public void number(String name, long value) {
                    field(json.append(','), "int64", true, name);
                }
            });
        }
        return json.append("],\"optional\":false,\"name\":")
                .append(quoted("io.debezium.connector." + connector + ".Source"))
                .append(",\"version\":1,\"field\":\"source\"}")
                .toString();
    }

    private static StringBuilder field(StringBuilder json, String type, boolean optional, String name) {
        return json.append("{\"type\":\"")
                .append(type)
                .append("\",\"optional\":")
                .append(optional)
                .append(",\"field\":")
                .append(quoted(name))
                .append('}');
    }

    static String quoted(String text) {
        JsonBytes json = new JsonBytes();
        json.string(text);
        return new String(json.toByteArray(), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
