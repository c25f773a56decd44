package io.deltaforge.e2e.oracle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.deltaforge.e2e.workload.Item;
import io.deltaforge.e2e.workload.ItemChange;
import io.deltaforge.e2e.workload.LedgerEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * One record of a topic, read as DeltaForge's native envelope (JSON, fields as in docs/envelopes).
 *
 * @param record where it lies and what its bytes are
 * @param eventId the event's id; the same after every replay
 * @param op {@code c}, {@code u}, {@code d}
 * @param table the table
 * @param transaction the source's name of the transaction
 * @param ordinal the event's place in its transaction, from 1
 * @param commitLsn where the transaction's commit lies in the log
 * @param transactionEnd whether it is marked as the last one of its transaction
 * @param row the row after the change, or for a delete what is known of the row before
 */
record Delivered(
        ConsumerRecord<byte[], byte[]> record,
        String eventId,
        char op,
        String table,
        String transaction,
        long ordinal,
        long commitLsn,
        boolean transactionEnd,
        JsonNode row) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Reads a record.
     *
     * @throws IllegalArgumentException if it is no such envelope or contradicts itself
     */
    static Delivered parse(ConsumerRecord<byte[], byte[]> record) {
        try {
            JsonNode event = JSON.readTree(record.value());
            String eventId = text(event, "event_id");
            Header header = record.headers().lastHeader("df-event-id");
            String named = header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
            if (!eventId.equals(named)) {
                throw new IllegalArgumentException("header df-event-id is " + named + " and event_id is " + eventId);
            }
            char op = text(event, "op").charAt(0);
            JsonNode row = event.path(op == 'd' ? "before" : "after");
            JsonNode source = event.path("source");
            Delivered delivered = new Delivered(
                    record,
                    eventId,
                    op,
                    text(source, "table"),
                    text(event.path("transaction"), "id"),
                    event.path("transaction").path("total_order").asLong(),
                    lsn(text(source, "lsn")),
                    event.path("tx_end").asBoolean(),
                    row);
            delivered.checkKey();
            return delivered;
        } catch (IOException e) {
            String start = new String(record.value(), 0, Math.min(200, record.value().length), StandardCharsets.UTF_8);
            throw new IllegalArgumentException("not JSON: " + start + " ...: " + e.getMessage(), e);
        }
    }

    private void checkKey() throws IOException {
        String column = table.equals("ledger") ? "txid" : "id";
        JsonNode key = JSON.readTree(record.key());
        if (key.size() != 1 || key.path(column).asLong(-1) != row.path(column).asLong(-2)) {
            throw new IllegalArgumentException("key " + key + " does not name the row " + row + " of table " + table);
        }
    }

    long id() {
        return row.path("id").asLong();
    }

    long version() {
        return row.path("ver").asLong();
    }

    Item item() {
        return new Item(version(), row.path("txid").asLong(), row.path("note").asText());
    }

    ItemChange change() {
        return new ItemChange(
                op,
                id(),
                op == 'd' ? 0 : version(),
                op == 'd' ? "" : row.path("note").asText());
    }

    LedgerEntry ledgerEntry() {
        return new LedgerEntry(
                row.path("txid").asLong(),
                row.path("changes").asInt(),
                row.path("checksum").asLong());
    }

    private static String text(JsonNode object, String field) {
        JsonNode value = object.path(field);
        if (!value.isTextual()) {
            throw new IllegalArgumentException("field " + field + " is missing in " + object);
        }
        return value.asText();
    }

    /** Reads a position as PostgreSQL prints it, two hexadecimal halves with a slash between. */
    static long lsn(String text) {
        int slash = text.indexOf('/');
        if (slash < 1) {
            throw new IllegalArgumentException("'" + text + "' is no log position");
        }
        return Long.parseLong(text.substring(0, slash), 16) << 32 | Long.parseLong(text.substring(slash + 1), 16);
    }
}
