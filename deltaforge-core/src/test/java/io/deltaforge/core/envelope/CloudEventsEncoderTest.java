package io.deltaforge.core.envelope;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cloudevents.CloudEvent;
import io.cloudevents.SpecVersion;
import io.cloudevents.kafka.KafkaMessageFactory;
import io.deltaforge.api.encode.EventEncoder;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.EventId;
import io.deltaforge.api.event.Operation;
import io.deltaforge.api.event.RowValues;
import io.deltaforge.api.event.TableSchema;
import io.deltaforge.core.support.Log;
import java.io.IOException;
import java.net.URI;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads what is written with the SDK of CloudEvents, as a consumer of Kafka does. */
final class CloudEventsEncoderTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static EventEncoder encoder(boolean binary) {
        return new CloudEventsEnvelope("com.example.shop", binary).encoder("my shop");
    }

    private static CloudEvent read(EventEncoder encoder, ChangeEvent event) {
        RecordHeaders headers = new RecordHeaders();
        encoder.headers(event, headers::add);
        return KafkaMessageFactory.createReader(headers, encoder.value(event)).toEvent();
    }

    private static JsonNode data(CloudEvent event) throws IOException {
        return JSON.readTree(event.getData().toBytes());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldBeReadByTheSdk(boolean binary) throws IOException {
        EventEncoder encoder = encoder(binary);
        for (ChangeEvent event : Samples.events().values()) {
            CloudEvent read = read(encoder, event);

            assertThat(read.getSpecVersion()).isEqualTo(SpecVersion.V1);
            assertThat(read.getId()).isEqualTo(EventId.of(event).toString());
            assertThat(read.getSource()).isEqualTo(URI.create("deltaforge/my%20shop/public.everything"));
            assertThat(read.getSubject()).isEqualTo("public.everything");
            assertThat(read.getTime()).isEqualTo(OffsetDateTime.parse("2025-11-25T10:00:00.123Z"));
            assertThat(read.getDataContentType()).isEqualTo("application/json");
            assertThat(read.getDataSchema()).isNull();
            assertThat(read.getExtensionNames()).isEmpty();
            assertThat(data(read).get("op").asText())
                    .isEqualTo(event.operation().code());
            assertThat(data(read).has("before")).isEqualTo(event.before() != null);
            assertThat(data(read).has("after")).isEqualTo(event.after() != null);
            assertThat(encoder.hasTombstone(event)).isFalse();
        }
    }

    @Test
    void shouldNameWhatHappened() {
        Map<String, String> types = Map.of(
                "insert", "com.example.shop.created",
                "update with both rows", "com.example.shop.updated",
                "delete with the whole row", "com.example.shop.deleted",
                "read", "com.example.shop.snapshot",
                "truncate", "com.example.shop.truncated");
        for (boolean binary : List.of(false, true)) {
            EventEncoder encoder = encoder(binary);
            types.forEach((kind, type) -> assertThat(
                            read(encoder, Samples.events().get(kind)).getType())
                    .isEqualTo(type));
        }
    }

    @Test
    void shouldHaveTheSameDataInBothModesAndAsInTheNativeEnvelope() throws IOException {
        for (ChangeEvent event : Samples.events().values()) {
            JsonNode structured = data(read(encoder(false), event));
            JsonNode inNative = JSON.readTree(Envelope.NATIVE.encoder("shop").value(event));

            assertThat(data(read(encoder(true), event))).isEqualTo(structured);
            for (String row : List.of("before", "after")) {
                assertThat(structured.path(row).isMissingNode() ? JSON.nullNode() : structured.get(row))
                        .isEqualTo(inNative.get(row));
            }
        }
    }

    @Test
    void shouldSayWhatTheBytesAre() {
        assertThat(encoder(false).contentType()).isEqualTo("application/cloudevents+json");
        assertThat(encoder(true).contentType()).isEqualTo("application/json");
    }

    @Test
    void shouldNameTablesThatNeedEncodingInAUri() {
        TableSchema table =
                new TableSchema("shop", "pub lic", "bestellungen/ä", Samples.TABLE.columns(), Samples.TABLE.key());
        ChangeEvent event =
                new ChangeEvent(Operation.CREATE, table, null, RowValues.of(table, Samples.values()), Samples.TX, 0);
        for (boolean binary : List.of(false, true)) {
            CloudEvent read = read(encoder(binary), event);

            assertThat(read.getSubject()).isEqualTo("pub lic.bestellungen/ä");
            assertThat(read.getSource().getPath()).isEqualTo("deltaforge/my shop/pub lic.bestellungen/ä");
        }
    }

    @Test
    void shouldKeepEachTransactionsTime() {
        EventEncoder encoder = encoder(true);
        ChangeEvent later = new ChangeEvent(
                Operation.CREATE, Log.ORDERS, null, RowValues.of(Log.ORDERS, 1L, "x"), new Log.Tx(2), 0);
        assertThat(read(encoder, Samples.insert()).getTime())
                .isEqualTo(OffsetDateTime.parse("2025-11-25T10:00:00.123Z"));
        assertThat(read(encoder, later).getTime()).isEqualTo(OffsetDateTime.parse("1970-01-01T00:00:00.002Z"));
        assertThat(read(encoder, Samples.insert()).getTime())
                .isEqualTo(OffsetDateTime.parse("2025-11-25T10:00:00.123Z"));
    }
}
