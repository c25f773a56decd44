package io.deltaforge.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CommandLineTest {

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

    /** JSON is HOCON; an envelope must be the only thing on standard output. */
    private Config envelope() {
        assertThat(err.toString()).isEmpty();
        assertThat(out.toString().strip()).doesNotContain("\n").startsWith("{\"command\":");
        return ConfigFactory.parseString(out.toString());
    }

    @Test
    void shouldAnswerMachinesWithOneObject() {
        assertThat(execute("version", "--json")).isZero();

        Config envelope = envelope();
        assertThat(envelope.root().keySet()).containsExactlyInAnyOrder("command", "ok", "summary", "result", "error");
        assertThat(envelope.getString("command")).isEqualTo("version");
        assertThat(envelope.getBoolean("ok")).isTrue();
        assertThat(envelope.getString("result.version")).isEqualTo(ProductVersion.text());
        assertThat(envelope.getIsNull("error")).isTrue();
    }

    @Test
    void shouldTakeGlobalOptionsBeforeTheVerbToo() {
        assertThat(execute("--json", "version")).isZero();

        assertThat(envelope().getString("command")).isEqualTo("version");
    }

    @Test
    void shouldTellMachinesWhatIsWrongWithAConfiguration() throws IOException {
        Path file = Files.writeString(directory.resolve("bad.conf"), "pipelines { a {} }\nspeed = 1\nsize = 2\n");

        assertThat(execute("validate", "--config", file.toString(), "--json")).isEqualTo(ExitCode.CONFIG);

        Config envelope = envelope();
        assertThat(envelope.getBoolean("ok")).isFalse();
        assertThat(envelope.getString("error.code")).isEqualTo("INVALID_CONFIG");
        assertThat(envelope.getConfigList("error.findings"))
                .extracting(finding -> finding.getString("path"))
                .contains("speed", "size");
    }

    @Test
    void shouldTellPeopleWhatIsWrongOnStandardError() throws IOException {
        Path file = Files.writeString(directory.resolve("bad.conf"), "deltaforge {}\n");

        assertThat(execute("validate", "--config", file.toString())).isEqualTo(ExitCode.CONFIG);

        assertThat(out.toString()).isEmpty();
        assertThat(err.toString()).contains("bad.conf", "pipelines", "1 problem");
    }

    @ParameterizedTest
    @CsvSource({
        "rnu, run",
        "valdate, validate",
        "vesion, version",
        "completon, completion",
    })
    void shouldSuggestTheVerbThatMayHaveBeenMeant(String written, String meant) {
        assertThat(execute(written)).isEqualTo(ExitCode.CONFIG);

        assertThat(err.toString()).contains("did you mean \"" + meant + "\"").contains("deltaforge --help");
    }

    @ParameterizedTest
    @CsvSource({"--confg, --config", "--jsn, --json", "--qiet, --quiet", "--no-colour, --no-color"})
    void shouldSuggestTheOptionThatMayHaveBeenMeant(String written, String meant) {
        assertThat(execute("validate", "--config", "x.conf", written)).isEqualTo(ExitCode.CONFIG);

        assertThat(err.toString()).contains("did you mean \"" + meant + "\"").contains("deltaforge validate --help");
    }

    @Test
    void shouldAnswerAMistypedCommandLineToMachinesToo() {
        assertThat(execute("validate", "--json", "--confg", "x")).isEqualTo(ExitCode.CONFIG);

        Config envelope = envelope();
        assertThat(envelope.getString("command")).isEqualTo("validate");
        assertThat(envelope.getString("error.code")).isEqualTo("COMMAND_LINE");
        assertThat(envelope.getString("error.message")).contains("--confg");
    }

    @Test
    void shouldPrintWhatWasAskedForAndNoMoreWhenQuiet() throws IOException {
        Path file = Files.writeString(directory.resolve("bad.conf"), "deltaforge {}\n");

        assertThat(execute("version", "--quiet")).isZero();
        assertThat(out.toString()).contains(ProductVersion.text());
        assertThat(execute("validate", "-q", "--config", file.toString())).isEqualTo(ExitCode.CONFIG);
        assertThat(err.toString()).contains("pipelines");
    }

    @Test
    void shouldKnowTheOptionsOfEveryVerbAndDescribeThem() {
        List<CommandLine> pending = new ArrayList<>(List.of(DeltaForgeCommand.commandLine()));
        while (!pending.isEmpty()) {
            CommandLine command = pending.remove(0);
            pending.addAll(command.getSubcommands().values());
            String name = command.getCommandSpec().qualifiedName();
            assertThat(command.getCommandSpec().optionsMap())
                    .as(name)
                    .containsKeys("--json", "--quiet", "-q", "--no-color", "--help", "-h");
            assertThat(command.getCommandSpec().usageMessage().description())
                    .as(name)
                    .isNotEmpty();
            command.getCommandSpec().options().forEach(option -> assertThat(option.description())
                    .as(name + " " + option)
                    .isNotEmpty());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh"})
    void shouldCompleteVerbsAndOptions(String shell) throws Exception {
        assertThat(execute("completion", shell)).isZero();
        Path script = Files.writeString(directory.resolve("completion.sh"), out.toString());

        Process bash = new ProcessBuilder(
                        "bash",
                        "-c",
                        "source '" + script
                                + "'; compopt() { :; }; COMP_WORDS=(deltaforge val); COMP_CWORD=1;"
                                + " _complete_deltaforge; echo \"${COMPREPLY[@]}\"; COMP_WORDS=(deltaforge validate"
                                + " --conf); COMP_CWORD=2; _complete_deltaforge; echo \"${COMPREPLY[@]}\"")
                .redirectErrorStream(true)
                .start();
        String answer = new String(bash.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);

        assertThat(bash.waitFor()).as(answer).isZero();
        assertThat(answer.lines()).containsExactly("validate", "--config");
    }

    @Test
    void shouldLoadNothingButTheCommandLineForVersion() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xlog:class+load",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.deltaforge.server.Main",
                        "version")
                .redirectErrorStream(true)
                .start();
        String loaded = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);

        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(loaded)
                .contains("io.deltaforge.server.cli.VersionCommand", "deltaforge " + ProductVersion.text())
                .doesNotContain(
                        "com.google.inject",
                        "org.apache.kafka",
                        "com.typesafe",
                        "org.rocksdb",
                        "io.javalin",
                        "ch.qos.logback");
    }
}
