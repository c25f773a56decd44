package io.deltaforge.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaforge.core.filter.FilterProcessorFactory;
import io.deltaforge.server.config.finding.Finding;
import io.deltaforge.server.config.finding.FindingText;
import io.deltaforge.server.fakes.CountedLog;
import io.deltaforge.server.fakes.FileStore;
import io.deltaforge.server.fakes.LedgerFile;
import io.deltaforge.server.plugin.Plugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One file with many faults in each syntax: all of them are said in one run, each with its place and what would be right. */
final class GoldenFindingsTest {

    private static final Path RESOURCES = Path.of("src", "test", "resources", "io", "deltaforge", "server", "config");

    private static final ConfigReader READER = new ConfigReader(
            new Plugins(
                    Map.of("counted", new CountedLog()),
                    Map.of("filter", new FilterProcessorFactory()),
                    Map.of("ledger", new LedgerFile()),
                    Map.of("files", new FileStore())),
            Map.of("DF_SECRET", "hunter2-from-the-environment")::get);

    private static List<Finding> findings(String name) {
        return READER.check(List.of(RESOURCES.resolve(name))).findings();
    }

    /** Run with {@code -Dgolden.update=true} to write the expected texts anew. */
    @ParameterizedTest
    @ValueSource(strings = {"faults.conf", "faults.yaml", "faults.json"})
    void shouldSayEverythingThatIsWrongAtOnce(String name) throws IOException {
        List<Finding> findings = findings(name);
        String text = new FindingText(false).of(findings).replace(RESOURCES + "/", "");
        Path expected = RESOURCES.resolve(name + ".expected");
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(expected, text);
        }

        assertThat(text).isEqualTo(Files.readString(expected)).doesNotContain("hunter2");
        assertThat(findings.stream().map(Finding::code).collect(Collectors.toSet()))
                .as("kinds of faults")
                .contains(
                        "UNKNOWN_SETTING",
                        "MISSING_SETTING",
                        "WRONG_TYPE",
                        "OUT_OF_RANGE",
                        "UNKNOWN_WORD",
                        "UNKNOWN_TYPE",
                        "UNKNOWN_FIELD",
                        "WRITTEN_TWICE",
                        "MISSING_VARIABLE",
                        "MISSING_FILE",
                        "RESERVED_NAME",
                        "INVALID_VALUE",
                        "INVALID_NAME");
        assertThat(findings).hasSizeGreaterThanOrEqualTo(15);
    }

    @ParameterizedTest
    @ValueSource(strings = {"faults.conf", "faults.yaml", "faults.json"})
    void shouldPointAtWhatIsWrong(String name) throws IOException {
        List<String> lines = Files.readAllLines(RESOURCES.resolve(name));
        assertThat(findings(name)).allSatisfy(finding -> {
            assertThat(finding.line()).isBetween(1, lines.size());
            assertThat(finding.column())
                    .isBetween(1, lines.get(finding.line() - 1).length());
            assertThat(finding.excerpt()).isPresent();
        });
    }

    @Test
    void shouldColourOnlyWhenAsked() {
        List<Finding> findings = findings("faults.conf");

        assertThat(new FindingText(true).of(findings)).contains("\u001b[31m^");
        assertThat(new FindingText(false).of(findings)).matches("[\\x20-\\x7e\\n]*");
    }
}
