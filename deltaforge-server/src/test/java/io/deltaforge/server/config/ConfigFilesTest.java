package io.deltaforge.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaforge.server.config.finding.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several files as one configuration. */
final class ConfigFilesTest {

    private static final ConfigReader READER =
            new ConfigReader(ShippedPlugins.onClassPath(), Map.<String, String>of()::get);

    private static final String PIPELINE = """
        { source { type = postgres, dsn = "host=h dbname=d user=u" }
          sinks = [ { id = k, type = kafka, brokers = "b:9092", topic = t } ] }
        """;

    @TempDir
    private Path directory;

    private Path write(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    private static String pipeline(String name) {
        return "pipelines." + name + " " + PIPELINE;
    }

    @Test
    void shouldReadADirectoryOfEverySyntax() throws IOException {
        write("0-runtime.conf", "deltaforge { data_dir = /x }");
        write("a.conf", pipeline("a"));
        write(
                "b.yaml",
                "metadata: {name: b}\nspec: {source: {type: postgres, config: {dsn: host=h dbname=d user=u}}, sinks:"
                        + " [{type: kafka, config: {id: k, brokers: 'b:1', topic: t}}]}");
        write("c.json", """
            {"pipelines": {"c": {"source": {"type": "postgres", "dsn": "host=h dbname=d user=u"},
             "sinks": {"k": {"type": "kafka", "brokers": "b:1", "topic": "t"}}}}}
            """);
        write("notes.txt", "not a configuration");
        ServerConfig config = READER.read(directory);

        assertThat(config.pipelines()).extracting(ServerConfig.Pipeline::name).containsExactly("a", "b", "c");
        assertThat(config.dataDirectory()).isEqualTo(Path.of("/x"));
        assertThat(config.pipelines().get(2).sinks().get(0).id()).isEqualTo("k");
    }

    @Test
    void shouldNameBothPlacesOfAPipelineInTwoFiles() throws IOException {
        write("a.conf", pipeline("shop"));
        write("b.conf", "\n" + pipeline("shop"));

        assertThat(READER.check(List.of(directory)).findings()).singleElement().satisfies(finding -> {
            assertThat(finding.code()).isEqualTo("WRITTEN_TWICE");
            assertThat(finding.place()).isEqualTo(directory.resolve("b.conf") + ":2:1");
            assertThat(finding.message()).contains(directory.resolve("a.conf") + ":1:1");
            assertThat(finding.path()).isEqualTo("pipelines.shop");
        });
    }

    @Test
    void shouldAllowTheRuntimeGroupOnce() throws IOException {
        Path a = write("a.conf", "deltaforge { data_dir = /x }\n" + pipeline("a"));
        Path b = write("b.conf", "deltaforge { data_dir = /y }\n" + pipeline("b"));

        assertThat(READER.check(List.of(a, b)).findings()).singleElement().satisfies(finding -> {
            assertThat(finding.code()).isEqualTo("WRITTEN_TWICE");
            assertThat(finding.path()).isEqualTo("deltaforge");
        });
    }

    @Test
    void shouldIncludeFilesFromBesideAndNothingFromTheNetwork() throws IOException {
        write("sub.inc", pipeline("included").replace("type = kafka", "type = kafk"));
        Path file = write("a.conf", "include \"sub.inc\"\n" + pipeline("a"));
        Path net = write("net.conf", "include url(\"http://127.0.0.1:1/x.conf\")\n" + pipeline("n"));

        assertThat(READER.check(List.of(file)).findings()).singleElement().satisfies(finding -> {
            assertThat(finding.code()).isEqualTo("UNKNOWN_TYPE");
            assertThat(finding.file()).endsWith("sub.inc");
            assertThat(finding.line()).isEqualTo(2);
        });
        assertThat(READER.check(List.of(net)).findings())
                .singleElement()
                .extracting(Finding::message)
                .asString()
                .contains("only files can be included");
    }

    @Test
    void shouldRefuseIncludesOfStrangers() {
        assertThat(READER.check("body.conf", "include \"/etc/passwd\"\n" + pipeline("a"))
                        .findings())
                .extracting(Finding::message)
                .singleElement()
                .asString()
                .contains("nothing can be included here");
    }

    @Test
    void shouldSayWhatCannotBeRead() throws IOException {
        Path empty = Files.createDirectory(directory.resolve("empty"));
        Path binary = Files.write(directory.resolve("b.conf"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        Path none = directory.resolve("none.conf");

        assertThat(READER.check(List.of(empty, binary, none)).findings())
                .filteredOn(finding -> finding.code().equals("NO_CONFIGURATION"))
                .extracting(Finding::message)
                .containsExactlyInAnyOrder("has no configuration in it", "is not UTF-8 text", "does not exist");
    }
}
