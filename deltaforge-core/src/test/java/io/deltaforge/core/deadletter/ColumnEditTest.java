package io.deltaforge.core.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.Column;
import io.deltaforge.api.event.Row;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values that people write into dead letters. */
final class ColumnEditTest {

    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    @Test
    void shouldTakeEveryTypeInTheFormInWhichTheEnvelopeShowsIt() throws IOException {
        ChangeEvent event = Letters.everything();
        JsonNode after = JSON.readTree(Letters.json(event)).get("after");
        List<Column> key = event.table().key();
        for (Column column : event.table().columns()) {
            JsonNode shown = after.get(column.name());
            if (shown == null || shown.has("_unchanged") || key.contains(column)) {
                continue;
            }
            Row emptied = event.after().with(column.index(), null);
            Object plain = JSON.treeToValue(shown, Object.class);
            ChangeEvent edited = event.withRows(event.before(), ColumnEdit.apply(emptied, column.name(), plain));
            // A document comes without the spaces that it was written with.
            assertThat(Letters.json(edited))
                    .as(column.name())
                    .isEqualTo(Letters.json(event).replace("{\"a\": [1, 2.0, null]}", document(column)));
        }
    }

    private static String document(Column column) {
        return column.name().equals("c_JSON") ? "{\"a\":[1,2,null]}" : "{\"a\": [1, 2.0, null]}";
    }

    @ParameterizedTest
    @CsvSource({
        "c_BOOLEAN, 1",
        "c_FLOAT64, \"much\"",
        "c_DECIMAL, \"1.2.3\"",
        "c_TEXT, true",
        "c_BINARY, \"AAE=\"",
        "c_BINARY, '{\"_base64\":\"?\"}'",
        "c_DATE, \"2026-02-30\"",
        "c_TIMESTAMP, \"2026-01-01\"",
        "c_TIMESTAMP_TZ, \"2026-01-01T00:00:00\"",
        "c_INTERVAL, \"P\"",
        "c_INTERVAL, \"5 minutes\"",
        "c_array, \"a\"",
        "c_array, '[\"a\", 5]'"
    })
    void shouldRefuseWhatIsNotOfTheTypeAndSayWhatIs(String column, String json) throws IOException {
        Object value = JSON.readValue(json, Object.class);
        Row row = Letters.everything().after();
        LetterRefusal refusal = catchThrowableOfType(LetterRefusal.class, () -> ColumnEdit.apply(row, column, value));
        assertThat(refusal).isNotNull();
        assertThat(refusal.reason()).isEqualTo(ColumnEdit.INVALID);
        assertThat(refusal).hasMessageContainingAll("column '" + column + "'", " takes ", "found ");
    }

    @Test
    void shouldSetNullAndKeepTheOtherColumns() {
        Row row = ColumnEdit.apply(Letters.everything().after(), "c_TEXT", null);
        int text = row.schema().column("c_TEXT").orElseThrow().index();
        assertThat(row.value(text)).isNull();
        assertThat(row.value(0)).isEqualTo(Letters.everything().after().value(0));
    }
}
