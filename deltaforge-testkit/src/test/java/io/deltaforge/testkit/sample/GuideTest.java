package io.deltaforge.testkit.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every piece of Java in the guide is code of this package, which is compiled and run. */
class GuideTest {

    private static final Pattern ELLIPSIS = Pattern.compile("\n *// \\.\\.\\.\n");
    private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Path GUIDE = Path.of("../docs/writing-a-sink.md");
    private static final Path SAMPLE = Path.of("src/test/java/io/deltaforge/testkit/sample");

    @Test
    void shouldShowOnlyCodeThatRuns() throws IOException {
        List<String> sources = new ArrayList<>();
        for (String name : List.of("FileSinkFactory", "FileSink", "FileSinkTest")) {
            sources.add(Files.readString(SAMPLE.resolve(name + ".java")));
        }
        Matcher block = JAVA.matcher(Files.readString(GUIDE));
        int blocks = 0;
        while (block.find()) {
            blocks++;
            for (String part : ELLIPSIS.split(block.group(1), -1)) {
                assertThat(sources)
                        .as("sources that hold:\n%s", part)
                        .anyMatch(source -> source.contains(part.strip()));
            }
        }
        assertThat(blocks).isEqualTo(3);
    }
}
