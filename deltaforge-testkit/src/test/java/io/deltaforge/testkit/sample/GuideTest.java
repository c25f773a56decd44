package io.deltaforge.testkit.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every piece of Java in the guides is code of this package, which is compiled and run. */
class GuideTest {

    private static final Pattern ELLIPSIS = Pattern.compile("\n *// \\.\\.\\.\n");
    private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Path SAMPLE = Path.of("src/test/java/io/deltaforge/testkit/sample");

    @ParameterizedTest(name = "writing-a-{0}.md")
    @CsvSource({"sink, FileSink, 3", "source, Journal, 6", "processor, Mask, 3"})
    void shouldShowOnlyCodeThatRuns(String guide, String prefix, int count) throws IOException {
        List<String> sources = new ArrayList<>();
        try (Stream<Path> files = Files.list(SAMPLE)) {
            for (Path file : files.filter(path -> path.getFileName().toString().startsWith(prefix))
                    .toList()) {
                sources.add(Files.readString(file));
            }
        }
        Matcher block = JAVA.matcher(Files.readString(Path.of("../docs/writing-a-" + guide + ".md")));
        int blocks = 0;
        while (block.find()) {
            blocks++;
            for (String part : ELLIPSIS.split(block.group(1), -1)) {
                assertThat(sources)
                        .as("sources that hold:\n%s", part)
                        .anyMatch(source -> source.contains(part.strip()));
            }
        }
        assertThat(blocks).isEqualTo(count);
    }
}
