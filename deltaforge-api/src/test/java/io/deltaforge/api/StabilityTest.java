package io.deltaforge.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A plugin author can see since when a type is there, and which types may still change. */
class StabilityTest {

    private static final Path SOURCES = Path.of("src/main/java");
    private static final Pattern PUBLIC_TYPE = Pattern.compile(
            "^public (?:final |abstract )*(?:class|interface|record|enum|@interface) (\\w+)", Pattern.MULTILINE);
    private static final Pattern SINCE = Pattern.compile("^ \\* @since (\\d+)\\.(\\d+)\\.(\\d+)$", Pattern.MULTILINE);
    private static final Pattern LISTED = Pattern.compile("^- `(io\\.deltaforge\\.api\\.[\\w.]+)`", Pattern.MULTILINE);

    private static List<Path> publicTypes() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            List<Path> types = new ArrayList<>();
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                if (PUBLIC_TYPE.matcher(Files.readString(file)).find()) {
                    types.add(file);
                }
            }
            assertThat(types).as("public types in %s", SOURCES).hasSizeGreaterThan(40);
            return types;
        }
    }

    private static String className(Path source) {
        String path = SOURCES.relativize(source).toString();
        return path.substring(0, path.length() - ".java".length()).replace(java.io.File.separatorChar, '.');
    }

    @Test
    void shouldSayOfEveryTypeSinceWhenItIsThere() throws IOException {
        int[] now = currentVersion();
        for (Path type : publicTypes()) {
            String text = Files.readString(type);
            Matcher declaration = PUBLIC_TYPE.matcher(text);
            assertThat(declaration.find()).isTrue();
            Matcher since = SINCE.matcher(text.substring(0, declaration.start()));
            assertThat(since.find())
                    .as("@since in the Javadoc of %s", className(type))
                    .isTrue();
            int[] version = {
                Integer.parseInt(since.group(1)), Integer.parseInt(since.group(2)), Integer.parseInt(since.group(3))
            };
            assertThat(java.util.Arrays.compare(version, now))
                    .as("version that brought %s, compared with the one being made", className(type))
                    .isLessThanOrEqualTo(0);
        }
    }

    private static int[] currentVersion() throws IOException {
        try (InputStream stream = Evolving.class.getResourceAsStream("version.properties")) {
            Properties properties = new Properties();
            properties.load(stream);
            String[] parts = properties.getProperty("version").split("[-.]", -1);
            return new int[] {Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2])};
        }
    }

    @Test
    void shouldListEveryTypeThatMayStillChange() throws Exception {
        TreeSet<String> marked = new TreeSet<>();
        for (Path type : publicTypes()) {
            Evolving mark = Class.forName(className(type)).getAnnotation(Evolving.class);
            if (mark != null) {
                assertThat(mark.value())
                        .as("what may change in %s", className(type))
                        .endsWith(".");
                marked.add(className(type));
            }
        }
        Matcher listed = LISTED.matcher(Files.readString(Path.of("../docs/plugins.md")));
        TreeSet<String> documented = new TreeSet<>();
        while (listed.find()) {
            documented.add(listed.group(1));
        }
        assertThat(documented).as("types in docs/plugins.md").isEqualTo(marked);
    }
}
