package io.deltaforge.e2e.quickstart;

import static io.deltaforge.e2e.quickstart.ShopTable.PRODUCTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EventParserTest {
    private static final String KEY = "{\"id\":7}";
    private static final String VALUE = "{\"before\":null,\"after\":{\"id\":7,\"sku\":\"SKU-0007\",\"name\":\"Globe\","
            + "\"price\":\"12.50\",\"stock\":500,\"version\":1},\"source\":{\"connector\":\"postgresql\",\"name\":\"shop\","
            + "\"ts_ms\":1000,\"db\":\"shop\",\"schema\":\"public\",\"table\":\"products\"},\"op\":\"c\",\"ts_ms\":1000,"
            + "\"event_id\":\"0190\",\"tx_end\":true}";

    private final EventParser parser = new EventParser();

    @Test
    void shouldReadAnEventInTheNativeEnvelope() {
        SeenEvent event = parser.parse(kafkaRecord("shop.products", KEY, VALUE), 1_004);

        ShopRow row = ShopRow.first(PRODUCTS, 7L, "SKU-0007", "Globe", new BigDecimal("12.50"), 500L);
        assertThat(event).isEqualTo(new SeenEvent(Change.create(row), "0190", 4));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "\"op\":\"c\"      | \"op\":\"r\"               | op is 'r'",
                "\"op\":\"c\"      | \"op\":\"u\"               | op u with before null",
                "\"stock\":500,    | ''                         | after has 5 columns",
                "\"stock\":500     | \"stock\":\"500\"          | expected a whole number",
                "\"12.50\"         | 12.50                      | expected a string",
                "\"12.50\"         | \"twelve\"                 | price is \"twelve\"",
                "\"products\"      | \"orders\"                 | an event of orders",
                "\"products\"      | \"pg_class\"               | not one of the shop",
                "\"event_id\"      | \"id\"                     | no member event_id",
            })
    void shouldRefuseWhatIsOnlyNearlyAnEvent(String part, String replacement, String problem) {
        assertThat(VALUE).contains(part);
        var altered = kafkaRecord("shop.products", KEY, VALUE.replace(part, replacement));

        assertThatThrownBy(() -> parser.parse(altered, 1_004))
                .isInstanceOf(EventFormatException.class)
                .hasMessageContaining(problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {"{\"id\":8}", "{\"id\":7,\"version\":1}", "{\"ID\":7}", "7", "{"})
    void shouldRefuseAnEventUnderAnotherKey(String key) {
        assertThatThrownBy(() -> parser.parse(kafkaRecord("shop.products", key, VALUE), 1_004))
                .isInstanceOf(EventFormatException.class)
                .hasMessageContaining("key");
    }

    @Test
    void shouldRefuseARecordWithoutAKey() {
        assertThatThrownBy(() -> parser.parse(kafkaRecord("shop.products", null, VALUE), 1_004))
                .isInstanceOf(EventFormatException.class)
                .hasMessage("no key");
    }

    private static ConsumerRecord<byte[], byte[]> kafkaRecord(String topic, String key, String value) {
        return new ConsumerRecord<>(topic, 0, 0, key == null ? null : bytes(key), bytes(value));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
