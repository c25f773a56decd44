package io.deltaforge.core.envelope;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.deltaforge.api.encode.EventEncoder;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.Column;
import io.deltaforge.api.event.LogicalType;
import io.deltaforge.api.event.Operation;
import io.deltaforge.api.event.RowValues;
import io.deltaforge.api.event.TableSchema;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The page shows what the encoders write. */
final class EnvelopesPageTest {

    private static final Path PAGE = Path.of("..", "docs", "envelopes.md");
    private static final Pattern EXAMPLE =
            Pattern.compile("<!-- example: ([^>]+) -->\n```json\n(.*?)```\n", Pattern.DOTALL);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final DefaultIndenter INDENTER = new DefaultIndenter("  ", "\n");
    private static final ObjectWriter PRETTY =
            JSON.writer(new DefaultPrettyPrinter().withObjectIndenter(INDENTER).withArrayIndenter(INDENTER));

    private static final TableSchema ORDERS = new TableSchema(
            "shop",
            "public",
            "orders",
            List.of(
                    Column.of("id", 0, LogicalType.INTEGER, "bigint"),
                    Column.of("customer", 1, LogicalType.TEXT, "text"),
                    Column.of("total", 2, LogicalType.DECIMAL, "numeric(10,2)"),
                    Column.of("placed_at", 3, LogicalType.TIMESTAMP, "timestamp without time zone"),
                    Column.of("note", 4, LogicalType.TEXT, "text")),
            List.of(Column.of("id", 0, LogicalType.INTEGER, "bigint")));

    private static final ChangeEvent UPDATE = event(
            Operation.UPDATE,
            null,
            row("Ada", new BigDecimal("12.50"), LocalDateTime.of(2026, 11, 23, 20, 21, 12), RowValues.UNCHANGED));
    private static final ChangeEvent DELETE =
            event(Operation.DELETE, row(RowValues.ABSENT, RowValues.ABSENT, RowValues.ABSENT, RowValues.ABSENT), null);

    private static RowValues row(Object customer, Object total, Object placedAt, Object note) {
        return RowValues.of(ORDERS, 1L, customer, total, placedAt, note);
    }

    private static ChangeEvent event(Operation operation, RowValues before, RowValues after) {
        return new ChangeEvent(operation, ORDERS, before, after, Samples.TX, 2);
    }

    private static Map<String, byte[]> examples() throws IOException {
        EventEncoder debezium = DebeziumEnvelope.DEFAULT.encoder("shop");
        EventEncoder schemas =
                new DebeziumEnvelope(DebeziumEnvelope.Values.DEFAULT, "", true, true, false).encoder("shop");
        EventEncoder binary = new CloudEventsEnvelope("com.example.shop", true).encoder("shop");
        ObjectNode headers = JSON.createObjectNode();
        binary.headers(UPDATE, (name, value) -> headers.put(name, new String(value, StandardCharsets.UTF_8)));
        Map<String, byte[]> examples = new LinkedHashMap<>();
        examples.put("native update", Envelope.NATIVE.encoder("shop").value(UPDATE));
        examples.put("debezium update", debezium.value(UPDATE));
        examples.put("debezium delete", debezium.value(DELETE));
        examples.put("debezium key with schema", schemas.key(DELETE));
        examples.put(
                "cloudevents update",
                new CloudEventsEnvelope("com.example.shop", false)
                        .encoder("shop")
                        .value(UPDATE));
        examples.put("cloudevents binary headers", JSON.writeValueAsBytes(headers));
        examples.put("cloudevents binary value", binary.value(UPDATE));
        return examples;
    }

    private static String pretty(byte[] json) throws IOException {
        JsonNode tree = JSON.readTree(new String(json, StandardCharsets.UTF_8));
        return PRETTY.writeValueAsString(tree);
    }

    /** Run with {@code -Ddocs.update=true} to write the examples anew. */
    @Test
    void shouldShowWhatTheEncodersWrite() throws IOException {
        Map<String, String> written = new LinkedHashMap<>();
        for (Map.Entry<String, byte[]> example : examples().entrySet()) {
            written.put(example.getKey(), pretty(example.getValue()));
        }
        String page = Files.readString(PAGE);
        if (Boolean.getBoolean("docs.update")) {
            page = EXAMPLE.matcher(page)
                    .replaceAll(found -> Matcher.quoteReplacement("<!-- example: " + found.group(1) + " -->\n```json\n"
                            + written.get(found.group(1)) + "\n```\n"));
            Files.writeString(PAGE, page);
        }

        Map<String, String> shown = EXAMPLE.matcher(page)
                .results()
                .collect(Collectors.toMap(
                        found -> found.group(1), EnvelopesPageTest::text, (one, other) -> other, LinkedHashMap::new));
        assertThat(shown).isEqualTo(written);
    }

    private static String text(MatchResult example) {
        return example.group(2).stripTrailing();
    }
}
