package io.deltaforge.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaforge.core.envelope.Envelope;
import io.deltaforge.server.config.ConfigReader.Reading;
import io.deltaforge.server.config.finding.Finding;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The settings {@code envelope} and {@code encoding}: a word, a group, names with dots, and the original's documents. */
final class EnvelopeOfASinkTest {

    private static final ConfigReader READER = new ConfigReader(ShippedPlugins.onClassPath(), name -> null);

    private static Reading read(String setting) {
        return READER.check("one.conf", """
                pipelines.shop {
                  source { type = postgres, dsn = "postgres://u:p@h/d" }
                  sinks { main { type = kafka, brokers = "b:9092", topic = t, %s } }
                }
                """.formatted(setting));
    }

    private static Envelope envelope(String setting) {
        Reading reading = read(setting);
        assertThat(reading.findings()).as(setting).noneMatch(Finding::isError);
        return reading.orThrow().pipelines().get(0).sinks().get(0).envelope();
    }

    private static List<String> findings(String setting) {
        return read(setting).findings().stream()
                .map(finding -> finding.code() + " " + finding.path() + ": " + finding.message() + " | "
                        + finding.expected() + " | " + finding.suggestion())
                .toList();
    }

    @Test
    void shouldBeNativeWhenNothingIsWritten() {
        assertThat(envelope("")).isEqualTo(Envelope.NATIVE);
        assertThat(envelope("envelope = native, encoding = json")).isEqualTo(Envelope.NATIVE);
        assertThat(envelope("envelope { type = native }, encoding { type = json }"))
                .isEqualTo(Envelope.NATIVE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"envelope = debezium", "envelope.type = debezium", "envelope { type = debezium }"})
    void shouldTakeAWordAsTheTypeOfTheGroup(String setting) {
        assertThat(envelope(setting).configName()).isEqualTo("debezium");
        assertThat(envelope(setting)).isEqualTo(envelope("envelope = debezium"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "envelope { type = debezium, time.precision.mode = connect, decimal.handling.mode = double }",
                "envelope { type = debezium, \"time.precision.mode\" = connect, decimal { handling { mode = double } } }",
                "envelope { type = debezium, time { precision.mode = connect }, decimal.handling { mode = double } }"
            })
    void shouldTakeNamesWithDotsHoweverTheyAreWritten(String setting) {
        assertThat(envelope(setting)).asString().contains("times=CONNECT", "decimals=DOUBLE", "binaries=BYTES");
    }

    @Test
    void shouldReadEveryOption() {
        assertThat(envelope(
                        "envelope { type = debezium, binary.handling.mode = base64-url-safe, interval.handling.mode = string,"
                                + " hstore.handling.mode = map, unavailable.value.placeholder = gone, tombstones.on.delete = false,"
                                + " topic.prefix = crm, schemas.enable = true, wrapped = true }"))
                .asString()
                .contains(
                        "binaries=BASE64_URL_SAFE",
                        "intervals=STRING",
                        "maps=MAP",
                        "unavailable=gone",
                        "serverName=crm",
                        "tombstones=false",
                        "schemas=true",
                        "wrapped=true");
        assertThat(envelope("envelope { type = cloudevents, type_prefix = com.shop, mode = binary }"))
                .asString()
                .contains("typePrefix=com.shop", "binary=true");
    }

    @Test
    void shouldNameWhatThereIs() {
        assertThat(findings("envelope = debezum"))
                .containsExactly(
                        "UNKNOWN_TYPE pipelines.shop.sinks.main.envelope.type: there is no envelope type 'debezum' | "
                                + "one of native, debezium, cloudevents | debezium");
        assertThat(findings("encoding { type = avro, schema_registry_url = \"http://r\" }"))
                .containsExactly(
                        "UNKNOWN_TYPE pipelines.shop.sinks.main.encoding.type: there is no encoding type 'avro' | "
                                + "one of json | ");
        assertThat(findings("envelope { type = debezium, time.precision.mod = connect }"))
                .containsExactly(
                        "UNKNOWN_SETTING pipelines.shop.sinks.main.envelope.\"time.precision.mod\": is not a setting of"
                                + " envelope type \"debezium\" |  | time.precision.mode");
        assertThat(findings("envelope { type = native, schemas.enable = true }"))
                .singleElement()
                .asString()
                .startsWith("UNKNOWN_SETTING");
        assertThat(findings("envelope = cloudevents"))
                .singleElement()
                .asString()
                .startsWith("MISSING_SETTING pipelines.shop.sinks.main.envelope.type_prefix");
        assertThat(findings("envelope = [debezium]")).singleElement().asString().startsWith("WRONG_TYPE");
    }

    @Test
    void shouldReadTheOriginalsDocuments() {
        Reading reading = READER.check("one.yaml", """
                metadata: {name: shop}
                spec:
                  source: {type: postgres, config: {dsn: "postgres://u:p@h/d"}}
                  processors: []
                  sinks:
                    - type: kafka
                      config:
                        id: main
                        brokers: "b:9092"
                        topic: t
                        envelope: {type: cloudevents, type_prefix: com.example}
                        encoding: {type: json}
                    - type: kafka
                      config: {id: two, brokers: "b:9092", topic: u, envelope: {type: debezium}, encoding: json}
                """);

        assertThat(reading.findings()).isEmpty();
        assertThat(reading.orThrow().pipelines().get(0).sinks())
                .extracting(sink -> sink.envelope().configName())
                .containsExactly("cloudevents", "debezium");
    }
}
