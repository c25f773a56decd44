package io.deltaforge.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.deltaforge.core.batch.BatchLimits;
import io.deltaforge.core.filter.FilterProcessorFactory;
import io.deltaforge.server.config.finding.Finding;
import io.deltaforge.server.fakes.CountedLog;
import io.deltaforge.server.fakes.FileStore;
import io.deltaforge.server.fakes.LedgerFile;
import io.deltaforge.server.plugin.Plugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ConfigReaderTest {

    private static final String SOURCE = "source { type = counted, dsn = hunter2 }";
    private static final String SINK = "{ id = one, type = ledger, file = f }";

    private static final ConfigReader READER = new ConfigReader(new Plugins(
            Map.of("counted", new CountedLog()),
            Map.of("filter", new FilterProcessorFactory()),
            Map.of("ledger", new LedgerFile()),
            Map.of("files", new FileStore())));

    @TempDir
    private Path directory;

    private ServerConfig read(String text) throws IOException {
        Path file = Files.writeString(directory.resolve("test.conf"), text);
        return READER.read(file);
    }

    /** Everything that is wrong, a line each, without the directory. */
    private List<String> findings(String text) throws IOException {
        Path file = Files.writeString(directory.resolve("test.conf"), text);
        InvalidConfig invalid = catchThrowableOfType(InvalidConfig.class, () -> READER.read(file));
        assertThat(invalid).as("nothing was found wrong with %s", text).isNotNull();
        return invalid.findings().stream()
                .map(Finding::toString)
                .map(line -> line.replace(directory + "/", ""))
                .toList();
    }

    private static String pipeline(String rest) {
        return "deltaforge.checkpoint.type = files\npipelines.shop {\n" + rest + "\n}";
    }

    @Test
    void shouldFillInDefaults() throws IOException {
        ServerConfig config = read(pipeline(SOURCE + "\nsinks = [" + SINK + "]"));

        assertThat(config.dataDirectory()).isEqualTo(Path.of("./deltaforge-data"));
        assertThat(config.metrics().bind()).isEqualTo("127.0.0.1");
        assertThat(config.metrics().port()).isEqualTo(9000);
        assertThat(config.maxRetainedBytes()).isEmpty();
        assertThat(config.drainTimeout()).isEqualTo(Duration.ofSeconds(30));
        ServerConfig.Pipeline shop = config.pipelines().get(0);
        assertThat(shop.name()).isEqualTo("shop");
        assertThat(shop.source().id()).isEqualTo("shop");
        assertThat(shop.processors()).isEmpty();
        assertThat(shop.limits()).isEqualTo(BatchLimits.DEFAULT);
        assertThat(shop.policy().toString()).isEqualTo("required");
        assertThat(shop.sinks().get(0).required()).isTrue();
    }

    @Test
    void shouldReadEverySetting() throws IOException {
        ServerConfig config = read("""
            deltaforge {
              data_dir = "/var/lib/x", drain_timeout_secs = 2m, checkpoint { type = files }
              metrics { bind = "0.0.0.0", port = 0 }
              memory { max_retained_bytes = 128MiB }
            }
            pipelines { a {
              source { id = db, type = counted, dsn = hunter2, tables = ["public.%"] }
              processors = [ { id = f, type = filter, ops = [create] } ]
              sinks = [ { id = one, type = ledger, file = f, required = false }, { id = two, type = ledger, file = g } ]
              batch { max_events = 7, max_bytes = 16MB, max_ms = 2s, respect_source_tx = false, max_inflight = 3
                      split_events = 11, split_bytes = 2048, window_events = 13 }
              commit_policy { mode = quorum, quorum = 2 }
            } }
            """);

        assertThat(config.dataDirectory()).isEqualTo(Path.of("/var/lib/x"));
        assertThat(config.metrics()).isEqualTo(new ServerConfig.Address("deltaforge.metrics.port", "0.0.0.0", 0));
        assertThat(config.maxRetainedBytes()).hasValue(128L << 20);
        assertThat(config.drainTimeout()).isEqualTo(Duration.ofMinutes(2));
        ServerConfig.Pipeline a = config.pipelines().get(0);
        assertThat(a.source().id()).isEqualTo("db");
        assertThat(a.source().settings().strings("tables")).containsExactly("public.%");
        assertThat(a.source().settings().secret("dsn").orElseThrow().reveal()).isEqualTo("hunter2");
        assertThat(a.processors().get(0).id()).isEqualTo("f");
        assertThat(a.sinks().get(0).required()).isFalse();
        assertThat(a.limits()).isEqualTo(new BatchLimits(7, 16_000_000, 2_000, false, 3, 11, 2048, 13));
        assertThat(a.policy().toString()).isEqualTo("quorum of 2");
    }

    @Test
    void shouldJoinNestedKeysOfClientSettings() throws IOException {
        ServerConfig config = read(pipeline(SOURCE + "\nsinks = [ { id = one, type = ledger, file = f, client_conf {"
                + "\n acks = all, compression.type = lz4, message.timeout.ms = 30000, \"quoted.name\" = 0.10 } } ]"));

        Map<String, String> client =
                config.pipelines().get(0).sinks().get(0).settings().stringMap("client_conf");
        assertThat(client)
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "acks", "all",
                        "compression.type", "lz4",
                        "message.timeout.ms", "30000",
                        "quoted.name", "0.10"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "source { type = counted, dsn = postgres://u:hunter2@h/db }",
                "source { type = counted, dsn = user=u password=hunter2 }",
                "source { type = counted\n dsn\nhunter2 and more\n}",
                "source { type = counted, dsn = \"hunter2\n }"
            })
    void shouldNotShowWhatMayBeSecretWhenTheTextCannotBeParsed(String source) throws IOException {
        List<String> findings = findings(pipeline(source));

        assertThat(findings).singleElement().asString().startsWith("test.conf:").doesNotContain("hunter2");
    }

    @ParameterizedTest
    @CsvSource({"16MB,16000000", "16MiB,16777216", "16m,16777216", "4096,4096", "'\"4096\"',4096"})
    void shouldReadSizes(String written, long bytes) throws IOException {
        ServerConfig config =
                read(pipeline(SOURCE + "\nsinks = [" + SINK + "]\nbatch { max_bytes = " + written + " }"));

        assertThat(config.pipelines().get(0).limits().maxBytes()).isEqualTo(bytes);
    }

    @Test
    void shouldRefuseARequiredPolicyWithoutARequiredSink() throws IOException {
        assertThat(findings(pipeline(SOURCE + "\nsinks = [ { id = one, type = ledger, file = f, required = false } ]")))
                .singleElement()
                .asString()
                .startsWith("test.conf:4:9: pipelines.shop.commit_policy: policy 'required' needs at least one sink");
    }

    @Test
    void shouldRefuseThePipelineThatIsWrittenTwice() throws IOException {
        String once = "shop {\n" + SOURCE + "\nsinks = [" + SINK + "]\n}\n";

        assertThat(findings("deltaforge.checkpoint.type = files\npipelines {\n" + once + once + "}"))
                .singleElement()
                .asString()
                .startsWith("test.conf:7:1: pipelines.shop: is written twice, first in line 3");
    }

    @Test
    void shouldAllowOneSettingOfAPipelineToBeOverridden() throws IOException {
        ServerConfig config = read(pipeline(SOURCE + "\nsinks = [" + SINK + "]\nbatch { max_ms = 1 }")
                + "\npipelines.shop.batch.max_ms = 3");

        assertThat(config.pipelines().get(0).limits().maxMs()).isEqualTo(3);
    }

    @Test
    void shouldSayThatThereIsNoSuchFile() {
        assertThat(READER.check(List.of(directory.resolve("none.conf"))).findings())
                .singleElement()
                .hasToString(directory.resolve("none.conf") + ": does not exist");
    }
}
