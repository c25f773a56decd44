package io.deltaforge.e2e.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every code that the program can say is explained in docs/errors.md, and the page explains no other. */
final class ErrorsPageTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final List<String> MODULES = List.of(
            "deltaforge-api",
            "deltaforge-core",
            "deltaforge-source-postgres",
            "deltaforge-sink-kafka",
            "deltaforge-checkpoint-rocksdb",
            "deltaforge-server");

    /** A word in capitals as a text of the program: a code, unless it is one of {@link #OTHER_WORDS}. */
    private static final Pattern WORD = Pattern.compile("\"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)\"");

    private static final Pattern ROW = Pattern.compile("^\\| `([A-Z0-9_]+)` \\| (.+) \\| (.+) \\|$", Pattern.MULTILINE);

    /** Words in capitals that are no codes: SQL, protocols, files, signals, names of variables and parameters. */
    private static final Set<String> OTHER_WORDS = Set.of(
            "BYTES",
            "CODE",
            "CREATE",
            "CURRENT",
            "DCBA",
            "DEBUG",
            "DELTAFORGE_LIBRARY_LOG_LEVEL",
            "DELTAFORGE_LOG_FORMAT",
            "DELTAFORGE_LOG_LEVEL",
            "DELTAFORGE_TOKEN",
            "DIR",
            "ERROR",
            "EVENTS",
            "FILE",
            "GET",
            "GSSAPI",
            "HOST",
            "HUP",
            "IDENTIFY_SYSTEM",
            "INFO",
            "INT",
            "JSON",
            "KEY",
            "KIND",
            "LAG",
            "LAST",
            "NAME",
            "NO_COLOR",
            "NULL",
            "NUMBER",
            "OFF",
            "OK",
            "OPS",
            "ORIGIN",
            "PAID",
            "PATCH",
            "PATH",
            "PATTERN",
            "PEM",
            "PIPELINE",
            "PLAIN",
            "PLAINTEXT",
            "POST",
            "PUT",
            "READY",
            "ROCKSDB_SHAREDLIB_DIR",
            "SASL",
            "SASL_PLAINTEXT",
            "SASL_SSL",
            "SECONDS",
            "SHELL",
            "SINK",
            "SSL",
            "STATE",
            "STATUS",
            "TABLE",
            "TERM",
            "TEXT",
            "TIME",
            "TRACE",
            "TRIES",
            "TYPE",
            "URL",
            "UTC",
            "UTF",
            "WARN",
            "WHY",
            "XX000");

    private static Set<String> codes() throws IOException {
        Set<String> codes = new TreeSet<>();
        for (String module : MODULES) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
                for (Path file :
                        files.filter(path -> path.toString().endsWith(".java")).toList()) {
                    WORD.matcher(Files.readString(file)).results().forEach(word -> codes.add(word.group(1)));
                }
            }
        }
        codes.removeIf(word -> word.length() < 3 || OTHER_WORDS.contains(word));
        return codes;
    }

    private static List<String> explained() throws IOException {
        return ROW.matcher(Files.readString(ROOT.resolve("docs/errors.md")))
                .results()
                .map(row -> row.group(1))
                .toList();
    }

    @Test
    void shouldExplainEveryCodeThatTheProgramCanSay() throws IOException {
        Set<String> missing = codes();
        assertThat(missing).contains("SLOT_MISSING", "BROKER_UNAVAILABLE", "CHECKPOINTS_DAMAGED", "INVALID_CONFIG");
        explained().forEach(missing::remove);
        assertThat(missing).as("add a row to docs/errors.md for each").isEmpty();
    }

    @Test
    void shouldExplainNothingThatTheProgramDoesNotSay() throws IOException {
        Set<String> stale = new TreeSet<>(explained());
        stale.removeAll(codes());
        assertThat(stale).isEmpty();
    }

    @Test
    void shouldExplainEachOnce() throws IOException {
        assertThat(explained().stream().collect(Collectors.groupingBy(code -> code, Collectors.counting())))
                .allSatisfy((code, rows) -> assertThat(rows).as(code).isEqualTo(1L));
    }
}
