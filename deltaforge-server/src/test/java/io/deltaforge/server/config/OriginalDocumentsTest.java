package io.deltaforge.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaforge.core.batch.BatchLimits;
import io.deltaforge.server.config.finding.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Documents as the original DeltaForge reads them. */
final class OriginalDocumentsTest {

    private static final Path RESOURCES = Path.of("src", "test", "resources", "io", "deltaforge", "server", "config");
    private static final ConfigReader READER =
            new ConfigReader(ShippedPlugins.onClassPath(), Map.of("PG_DSN", "postgres://cdc:pw@db:5432/shop")::get);

    @TempDir
    private Path directory;

    private ConfigReader.Reading read(String text) throws IOException {
        return READER.check(List.of(Files.writeString(directory.resolve("p.yaml"), text)));
    }

    @Test
    void shouldLoadDocumentsUnchanged() {
        ServerConfig config = READER.read(RESOURCES.resolve("original.yaml"));

        assertThat(config.pipelines()).extracting(ServerConfig.Pipeline::name).containsExactly("orders", "second");
        ServerConfig.Pipeline orders = config.pipelines().get(0);
        assertThat(orders.source().id()).isEqualTo("orders-pg");
        assertThat(orders.source().settings().strings("tables")).containsExactly("public.orders", "public.items");
        assertThat(orders.processors()).singleElement().satisfies(step -> {
            assertThat(step.id()).isEqualTo("paid");
            assertThat(step.settings().section("tables").orElseThrow().strings("include"))
                    .containsExactly("public.*");
            assertThat(step.settings().sections("fields").get(0).string("path")).isEqualTo("status");
        });
        assertThat(orders.sinks()).extracting(sink -> sink.id()).containsExactly("orders-kafka", "copy");
        assertThat(orders.sinks().get(0).settings().string("brokers")).isEqualTo("localhost:9092");
        assertThat(orders.sinks().get(0).settings().string("topic")).isEqualTo("orders.${source.table}");
        assertThat(orders.sinks().get(0).settings().stringMap("client_conf"))
                .containsEntry("message.timeout.ms", "30000")
                .containsEntry("compression.type", "lz4");
        assertThat(orders.sinks().get(1).required()).isFalse();
        assertThat(orders.limits())
                .isEqualTo(new BatchLimits(
                        500,
                        1_048_576,
                        1_000,
                        true,
                        2,
                        BatchLimits.DEFAULT.splitEvents(),
                        BatchLimits.DEFAULT.splitBytes(),
                        BatchLimits.DEFAULT.windowEvents()));
        assertThat(orders.policy().toString()).isEqualTo("required");
    }

    @Test
    void shouldWarnOnceOfEachSettingThatDoesNothing() {
        List<Finding> findings =
                READER.check(List.of(RESOURCES.resolve("original.yaml"))).findings();

        assertThat(findings).extracting(Finding::code).containsOnly("INACTIVE_SETTING");
        assertThat(findings).noneMatch(Finding::isError);
        assertThat(findings)
                .extracting(Finding::path)
                .containsExactly(
                        "metadata.tenant",
                        "metadata.labels",
                        "metadata.annotations",
                        "pipelines.orders.source.start_position",
                        "pipelines.orders.source.on_schema_drift",
                        "pipelines.orders.sharding",
                        "pipelines.orders.connection_policy",
                        "pipelines.orders.schema_sensing");
    }

    @Test
    void shouldRefuseWhatWouldChangeWhatIsDelivered() throws IOException {
        assertThat(read("""
            metadata: {name: a}
            spec:
              source: {type: postgres, config: {dsn: "host=h dbname=d user=u", snapshot: {mode: initial}, outbox: {prefixes: [o]}}}
              processors: [{type: javascript, id: j, inline: "x"}, {type: outbox}, {type: flatten}]
              sinks:
                - {type: kafka, config: {id: k, brokers: "b:1", topic: t, encoding: {type: avro}}}
                - {type: redis, config: {id: r, uri: "redis://h", stream: s}}
            """).findings())
                .extracting(finding -> finding.code() + " " + finding.path())
                .containsExactly(
                        "NOT_AVAILABLE pipelines.a.source.snapshot",
                        "NOT_AVAILABLE pipelines.a.source.outbox",
                        "UNKNOWN_TYPE pipelines.a.processors[0].type",
                        "UNKNOWN_TYPE pipelines.a.processors[1].type",
                        "UNKNOWN_TYPE pipelines.a.processors[2].type",
                        "UNKNOWN_TYPE pipelines.a.sinks[0].encoding.type",
                        "UNKNOWN_TYPE pipelines.a.sinks[1].type");
    }

    @Test
    void shouldNameTheSourcesThereAreForOneThatIsNot() throws IOException {
        assertThat(read("""
            metadata: {name: a}
            spec:
              source: {type: mysqll, config: {id: m, dsn: "mysql://u:p@h/d", tables: [shop.orders]}}
              sinks: [{type: kafka, config: {id: k, brokers: "b:1", topic: t}}]
            """).findings()).singleElement().satisfies(finding -> {
            assertThat(finding.code()).isEqualTo("UNKNOWN_TYPE");
            assertThat(finding.message()).isEqualTo("there is no source type 'mysqll'");
            assertThat(finding.expected()).contains("postgres");
        });
    }

    @Test
    void shouldSayWhatADocumentLacks() throws IOException {
        assertThat(read("apiVersion: x\nmetadata: {nam: a}\nspek: {}\n").findings())
                .extracting(finding -> finding.code() + " " + finding.path())
                .containsExactlyInAnyOrder(
                        "UNKNOWN_SETTING spek",
                        "MISSING_SETTING metadata.name",
                        "UNKNOWN_SETTING metadata.nam",
                        "MISSING_SETTING spec");
    }
}
