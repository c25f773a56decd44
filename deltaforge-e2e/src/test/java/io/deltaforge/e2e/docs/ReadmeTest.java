package io.deltaforge.e2e.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaforge.server.cli.DeltaForgeCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ReadmeTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path EXAMPLE = ROOT.resolve("examples/postgres-to-kafka.conf");

    /** A Markdown link to a file: CommonMark 0.31, section 6.3, in the one form that we write. */
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)\\)");

    @Test
    void shouldShowTheExampleAsItIs() throws IOException {
        assertThat(Files.readString(ROOT.resolve("README.md")))
                .contains("```hocon\n" + Files.readString(EXAMPLE) + "```");
    }

    @Test
    void shouldShowAnExampleInWhichValidateFindsNothing() {
        assertThat(DeltaForgeCommand.execute("validate", "--config", EXAMPLE.toString()))
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/decisions/README.md"})
    void shouldLinkToWhatThereIs(String page) throws IOException {
        Path file = ROOT.resolve(page);
        List<String> targets = LINK.matcher(Files.readString(file))
                .results()
                .map(found -> found.group(1))
                .toList();

        assertThat(targets)
                .allSatisfy(target -> assertThat(file.resolveSibling(target)).exists());
    }
}
