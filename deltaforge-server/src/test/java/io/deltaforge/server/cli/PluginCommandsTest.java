package io.deltaforge.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PluginCommandsTest {

    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int execute(String... arguments) {
        return DeltaForgeCommand.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }

    private Config envelope() {
        return ConfigFactory.parseString(out.toString());
    }

    @AfterEach
    void forgetTheLaunchersDirectory() {
        System.clearProperty(PluginOption.PROPERTY);
    }

    @Test
    void shouldListPluginsForPeople() {
        assertThat(execute("plugins", "ls")).isZero();
        assertThat(out.toString().lines())
                .anyMatch(line -> line.matches("KIND +TYPE +VERSION +STATE +ORIGIN"))
                .anyMatch(line -> line.matches("source +postgres +\\S+ +ready +built in"))
                .anyMatch(line -> line.matches("processor +filter +\\S+ +ready +built in"))
                .anyMatch(line -> line.matches("sink +kafka +\\S+ +ready +built in"))
                .anyMatch(line -> line.matches("checkpoint +rocksdb +\\S+ +ready +built in"));
    }

    @Test
    void shouldListPluginsAndProblemsForMachines() throws IOException {
        Path empty = Files.createDirectory(directory.resolve("empty"));
        assertThat(execute("plugins", "ls", "--plugins", directory.toString(), "--json"))
                .isZero();
        assertThat(envelope().getConfigList("result.plugins")).anySatisfy(plugin -> {
            assertThat(plugin.getString("kind")).isEqualTo("sink");
            assertThat(plugin.getString("type")).isEqualTo("kafka");
            assertThat(plugin.getString("state")).isEqualTo("ready");
            assertThat(plugin.getBoolean("built_in")).isTrue();
        });
        assertThat(envelope().getConfigList("result.problems")).singleElement().satisfies(problem -> {
            assertThat(problem.getString("code")).isEqualTo("PLUGIN_MISPLACED");
            assertThat(problem.getString("place")).isEqualTo(empty.toString());
        });
    }

    @Test
    void shouldShowWhatIsWrongToPeople() throws IOException {
        Files.createDirectory(directory.resolve("empty"));
        System.setProperty(PluginOption.PROPERTY, directory.toString());
        assertThat(execute("plugins", "ls")).isZero();
        assertThat(out.toString()).contains("error PLUGIN_MISPLACED: " + directory.resolve("empty"));
    }

    @Test
    void shouldDescribeAPluginForPeople() {
        assertThat(execute("plugins", "describe", "sink", "kafka")).isZero();
        assertThat(out.toString())
                .startsWith("sink kafka")
                .contains("brokers  string, required", "exactly_once  boolean, default false");
    }

    @Test
    void shouldDescribeAPluginForMachines() {
        assertThat(execute("plugins", "describe", "processor", "filter", "--json"))
                .isZero();
        assertThat(envelope().getString("result.type")).isEqualTo("filter");
        assertThat(envelope().getConfigList("result.settings")).anySatisfy(setting -> {
            assertThat(setting.getString("name")).isEqualTo("fields");
            assertThat(setting.getConfigList("settings"))
                    .extracting(nested -> nested.getString("name"))
                    .contains("path", "op");
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
        sink    | kafak | there is no sink 'kafak' that can be used; there are: kafka, ledger; did you mean 'kafka'?
        sinks   | kafka | 'sinks' is no kind of plugin; expected source, processor, sink, checkpoint
        """)
    void shouldSayWhatThereIsInstead(String kind, String type, String message) {
        assertThat(execute("plugins", "describe", kind, type)).isEqualTo(ExitCode.CONFIG);
        assertThat(err.toString()).contains(message);
    }

    @Test
    void shouldRefuseADirectoryThatIsNotThere() {
        Path nowhere = directory.resolve("nowhere");
        assertThat(execute("plugins", "ls", "--plugins", nowhere.toString())).isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(err.toString()).contains(nowhere + " is not a directory");
        System.setProperty(PluginOption.PROPERTY, nowhere.toString());
        assertThat(execute("plugins", "ls")).isZero();
    }

    @Test
    void shouldTellThePipelineThatNamesATypeWhatCouldNotBeLoaded() throws IOException {
        Files.createDirectories(directory.resolve("plugins").resolve("acme"));
        Path file = Files.writeString(directory.resolve("shop.conf"), """
            pipelines.shop {
              source { type = postgres, dsn = "postgres://u:p@h/d" }
              sinks = [ { id = out, type = acme } ]
            }
            """);
        String plugins = directory.resolve("plugins").toString();
        assertThat(execute("validate", "-c", file.toString(), "--plugins", plugins))
                .isEqualTo(ExitCode.CONFIG);
        assertThat(err.toString())
                .contains(
                        "there is no sink type 'acme'",
                        "not loaded is " + directory.resolve("plugins").resolve("acme") + ": no jar in it");
        Files.writeString(
                file, Files.readString(file).replace("type = acme", "type = kafka, brokers = \"b:1\", topic = t"));
        assertThat(execute("validate", "-c", file.toString(), "--plugins", plugins))
                .as(err.toString())
                .isZero();
    }

    @Test
    void shouldMakeAProjectForASink() throws IOException {
        Path project = directory.resolve("made");
        assertThat(execute("init", "sink", "acme-files", "--package", "org.acme.files", "--dir", project.toString()))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).contains("a sink of type 'acme-files'", "mvn package");
        Path classes = project.resolve("src/main/java/org/acme/files");
        assertThat(classes.resolve("AcmeFilesSinkFactory.java"))
                .content()
                .contains("package org.acme.files;", "class AcmeFilesSinkFactory ", "return \"acme-files\";");
        assertThat(classes.resolve("AcmeFilesSink.java")).content().contains("final class AcmeFilesSink ");
        assertThat(project.resolve("src/test/java/org/acme/files/AcmeFilesSinkTest.java"))
                .content()
                .contains("extends SinkConformanceTest");
        assertThat(project.resolve("src/main/resources/META-INF/services/io.deltaforge.api.sink.SinkFactory"))
                .hasContent("org.acme.files.AcmeFilesSinkFactory");
        assertThat(project.resolve("pom.xml"))
                .content()
                .contains("<version.deltaforge>" + ProductVersion.text() + "</version.deltaforge>")
                .contains("<DeltaForge-Api-Version>${version.deltaforge}</DeltaForge-Api-Version>")
                .doesNotContain("@", "%");
        assertThat(project.resolve("README.md")).content().doesNotContain("%").contains("acme-files");

        assertThat(execute("init", "sink", "acme-files", "--dir", project.toString()))
                .as("a second time")
                .isEqualTo(ExitCode.CONFIG);
        assertThat(err.toString()).contains(project + " is there already and not empty");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
        Acme       | org.acme                | 'Acme' is no name for a sink
        acme_files | org.acme                | 'acme_files' is no name for a sink
        acme       | org..acme               | 'org..acme' is no name for a package
        acme       | org.class               | 'org.class' is no name for a package
        acme       | io.deltaforge.api.acme  | belongs to DeltaForge
        """)
    void shouldRefuseNamesThatCannotBeUsed(String name, String packageName, String message) {
        assertThat(execute("init", "sink", name, "--package", packageName, "--dir", directory + "/made"))
                .isEqualTo(ExitCode.CONFIG);
        assertThat(err.toString()).contains(message);
        assertThat(directory.resolve("made")).doesNotExist();
    }
}
