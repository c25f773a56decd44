package io.deltaforge.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaforge.server.config.finding.Finding;
import io.deltaforge.server.config.finding.FindingText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damages configurations in thousands of ways: each is read or refused with findings, none ends in a stack trace, and none
 * takes long. {@code -Ddeltaforge.configs=100000} sets how many, {@code -Ddeltaforge.seed} repeats a run.
 */
final class MutatedConfigsTest {

    private static final int COUNT = Integer.getInteger("deltaforge.configs", 3_000);
    private static final long SEED = Long.getLong("deltaforge.seed", System.nanoTime());
    private static final Path RESOURCES = Path.of("src", "test", "resources", "io", "deltaforge", "server", "config");
    /** Guards against a hang; a damaged file takes a few milliseconds. */
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final Pattern JAVA = Pattern.compile("(Exception|Error)\\b|\\bat (java|io|com|org)\\.|java\\.lang");

    private static final List<String> PIECES = List.of(
            "{",
            "}",
            "[",
            "]",
            "\"",
            "\"\"\"",
            "'",
            ":",
            "=",
            "+=",
            ",",
            "\n",
            "  ",
            "\t",
            "#",
            "//",
            "${",
            "}",
            "${?",
            "${PG_DSN}",
            "${source.table}",
            "${a.b}",
            "${file:/nonexistent}",
            "$${x}",
            "null",
            "true",
            "-1",
            "1e9",
            "9223372036854775808",
            "include \"x\"",
            "include url(\"http://127.0.0.1:1\")",
            "---",
            "&a ",
            "*a",
            "<<: ",
            "!!",
            "|",
            ">",
            "%",
            "@",
            "\u0000",
            "\ufeff",
            "\ud83d\ude00",
            "type",
            "source",
            "pipelines",
            "a.b.c",
            "\\",
            "\r\n",
            "? ",
            "- ",
            "${pipelines}",
            "${pipelines.shop}",
            "${deltaforge}");

    private static final ConfigReader READER =
            new ConfigReader(ShippedPlugins.onClassPath(), Map.of("PG_DSN", "postgres://u:hunter2@h/db")::get);

    @TempDir
    private Path directory;

    private final Random random = new Random(SEED);

    @Test
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    void shouldAnswerEveryDamagedConfigurationWithFindings() throws IOException {
        List<Path> originals = List.of(
                RESOURCES.resolve("good.conf"),
                RESOURCES.resolve("good.yaml"),
                RESOURCES.resolve("good.json"),
                RESOURCES.resolve("original.yaml"),
                RESOURCES.resolve("faults.conf"),
                RESOURCES.resolve("faults.yaml"),
                RESOURCES.resolve("faults.json"));
        originals.forEach(original -> READER.check(List.of(original)));
        long slowest = 0;
        int sound = 0;
        for (int i = 0; i < COUNT; i++) {
            Path original = originals.get(i % originals.size());
            String text = damaged(Files.readString(original));
            Path file = directory.resolve("c" + original.getFileName());
            Files.write(file, text.getBytes(StandardCharsets.UTF_8));
            long start = System.nanoTime();
            ConfigReader.Reading reading = checked(file, text, i);
            long taken = System.nanoTime() - start;
            slowest = Math.max(slowest, taken);
            sound += reading.config().isPresent() ? 1 : 0;
            assertThat(taken).as("time for %s", describe(i, text)).isLessThan(LONGEST_NANOS);
            String shown = new FindingText(false).of(reading.findings());
            assertThat(JAVA.matcher(shown).find())
                    .as("%s shows %s", describe(i, text), shown)
                    .isFalse();
            assertThat(reading.config().isPresent())
                    .as(describe(i, text))
                    .isEqualTo(reading.findings().stream().noneMatch(Finding::isError));
        }
        System.out.printf(
                "%d damaged configurations, %d of them sound, slowest %d ms, seed %d%n",
                COUNT, sound, TimeUnit.NANOSECONDS.toMillis(slowest), SEED);
    }

    private static ConfigReader.Reading checked(Path file, String text, int i) {
        try {
            return READER.check(List.of(file));
        } catch (RuntimeException | StackOverflowError e) {
            throw new AssertionError(describe(i, text), e);
        }
    }

    private static String describe(int i, String text) {
        return "number " + i + " of seed " + SEED + ":\n" + text;
    }

    private String damaged(String text) {
        String damaged = text;
        for (int times = 1 + random.nextInt(4); times > 0; times--) {
            damaged = damagedOnce(damaged);
        }
        return damaged;
    }

    private String damagedOnce(String text) {
        int at = random.nextInt(text.length() + 1);
        int to = Math.min(text.length(), at + 1 + random.nextInt(12));
        List<String> lines = new ArrayList<>(List.of(text.split("\n", -1)));
        int line = random.nextInt(lines.size());
        int other = random.nextInt(lines.size());
        String piece = PIECES.get(random.nextInt(PIECES.size()));
        switch (random.nextInt(10)) {
            case 0 -> {
                return text.substring(0, at) + text.substring(to);
            }
            case 1, 2 -> {
                return text.substring(0, at) + piece + text.substring(at);
            }
            case 3 -> {
                return text.substring(0, at) + piece + text.substring(to);
            }
            case 4 -> lines.add(other, lines.get(line));
            case 5 -> lines.remove(line);
            case 6 -> lines.set(line, lines.get(other));
            case 7 -> {
                return text.substring(0, at);
            }
            case 8 -> {
                return text.substring(0, at) + piece.repeat(1 + random.nextInt(200)) + text.substring(at);
            }
            default -> {
                char[] letters = text.toCharArray();
                if (at + 1 < letters.length) {
                    char letter = letters[at];
                    letters[at] = letters[at + 1];
                    letters[at + 1] = letter;
                }
                return new String(letters);
            }
        }
        return String.join("\n", lines);
    }
}
