package io.deltaforge.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What init writes says what to fill in, is refused until it is filled in, and runs then. */
class InitTest {

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

    @Test
    void shouldWriteWhatMustBeFilledInAndNothingElse() throws IOException {
        Path file = directory.resolve("shop.conf");
        assertThat(execute("init", "--from", "postgres", "--to", "kafka", "--name", "shop", "-o", file.toString()))
                .as(err.toString())
                .isZero();

        assertThat(Files.readString(file).lines().filter(line -> line.contains("\"<")))
                .extracting(String::strip)
                .containsExactly("dsn = \"<dsn>\"", "brokers = \"<brokers>\"", "topic = \"<topic>\"");
        assertThat(execute("validate", "--config", file.toString())).isEqualTo(ExitCode.CONFIG);
        assertThat(err.toString()).contains("dsn", "brokers", "topic", "3 problems");

        Files.writeString(
                file,
                Files.readString(file)
                        .replace("<dsn>", "postgres://shop@localhost/shop")
                        .replace("<brokers>", "localhost:9092")
                        .replace("<topic>", "shop.${source.table}"));
        assertThat(execute("validate", "--config", file.toString()))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).contains("no problems; pipelines: shop");
    }

    @Test
    void shouldPrintWhenNoFileIsNamed() {
        assertThat(execute("init", "--from", "postgres", "--to", "kafka", "--quiet"))
                .isZero();

        assertThat(out.toString()).contains("pipelines {", "type = postgres", "type = kafka", "explain sink.kafka");
    }

    @Test
    void shouldNotOverwriteAnything() throws IOException {
        Path file = Files.writeString(directory.resolve("mine.conf"), "precious");

        assertThat(execute("init", "--from", "postgres", "--to", "kafka", "-o", file.toString()))
                .isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(Files.readString(file)).isEqualTo("precious");
    }

    @ParameterizedTest
    @CsvSource({"postgers, kafka, postgres", "postgres, kafak, kafka"})
    void shouldSuggestThePluginThatMayHaveBeenMeant(String from, String to, String meant) {
        assertThat(execute("init", "--from", from, "--to", to)).isEqualTo(ExitCode.CONFIG);

        assertThat(err.toString()).contains("did you mean \"" + meant + "\"");
    }
}
