package io.deltaforge.server.scaffold;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.SourceVersion;

/**
 * A Maven project with a sink that works, and its conformance test. The sink is the sample of the guide under another name.
 */
public final class SinkProject {

    private static final String SAMPLE_PACKAGE = "io.deltaforge.testkit.sample";
    private static final Pattern TYPE = Pattern.compile("[a-z][a-z0-9]*(?:-[a-z0-9]+)*");
    private static final int MAX_TYPE = 40;
    private static final String SUFFIX = "-sink";

    private final String type;
    private final String packageName;

    /**
     * Names a project.
     *
     * @param type the sink's type: small letters, digits and single dashes
     * @param packageName the package of its classes, also the project's group
     * @throws IllegalArgumentException when one of them cannot be used, saying what was expected
     */
    public SinkProject(String type, String packageName) {
        this.type = requireNonNull(type, "type is null");
        this.packageName = requireNonNull(packageName, "packageName is null");
        if (!TYPE.matcher(type).matches() || type.length() > MAX_TYPE) {
            throw new IllegalArgumentException("'" + type + "' is no name for a sink: expected 1 to " + MAX_TYPE
                    + " small letters, digits and dashes, a letter first, such as acme-files");
        }
        if (!SourceVersion.isName(packageName, SourceVersion.RELEASE_17)) {
            throw new IllegalArgumentException(
                    "'" + packageName + "' is no name for a package: expected one such as com.example.files");
        }
        if (packageName.startsWith("io.deltaforge.api")) {
            throw new IllegalArgumentException("io.deltaforge.api belongs to DeltaForge: a plugin's classes are not"
                    + " looked for there; choose another package");
        }
    }

    /**
     * Returns the package of a sink for which none was chosen.
     *
     * @param type the sink's type
     * @return a package below {@code com.example}
     */
    public static String defaultPackage(String type) {
        return "com.example." + type.replace("-", "").replaceAll("[^a-z0-9]", "");
    }

    /**
     * Returns the project's name, which is also that of its directory unless another is chosen.
     *
     * @return the artifact id
     */
    public String artifact() {
        return type.endsWith(SUFFIX) ? type : type + SUFFIX;
    }

    private String className() {
        String stem = type.endsWith(SUFFIX) ? type.substring(0, type.length() - SUFFIX.length()) : type;
        return Stream.of(stem.split("-", -1))
                .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
                .collect(Collectors.joining());
    }

    /**
     * Writes the project.
     *
     * @param directory made when it is missing
     * @return the files that were written, relative to the directory, sorted
     * @throws IllegalArgumentException when the directory holds something
     * @throws IOException when a file cannot be written
     */
    public List<Path> write(Path directory) throws IOException {
        if (Files.exists(directory) && !isEmptyDirectory(directory)) {
            throw new IllegalArgumentException(
                    directory + " is there already and not empty; name another directory with --dir");
        }
        Map<Path, String> files = files();
        for (Map.Entry<Path, String> file : files.entrySet()) {
            Path path = directory.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.getValue());
        }
        return List.copyOf(files.keySet());
    }

    private static boolean isEmptyDirectory(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return false;
        }
        try (Stream<Path> entries = Files.list(path)) {
            return entries.findAny().isEmpty();
        }
    }

    private Map<Path, String> files() throws IOException {
        Path main = Path.of("src", "main", "java").resolve(packageName.replace('.', '/'));
        Path test = Path.of("src", "test", "java").resolve(packageName.replace('.', '/'));
        Map<Path, String> files = new TreeMap<>();
        files.put(Path.of("pom.xml"), filled("pom.xml.template"));
        files.put(Path.of("README.md"), filled("README.md.template"));
        files.put(Path.of(".gitignore"), filled("gitignore.template"));
        files.put(main.resolve(className() + "SinkFactory.java"), sample("FileSinkFactory"));
        files.put(main.resolve(className() + "Sink.java"), sample("FileSink"));
        files.put(test.resolve(className() + "SinkTest.java"), sample("FileSinkTest"));
        files.put(
                Path.of("src", "main", "resources", "META-INF", "services", "io.deltaforge.api.sink.SinkFactory"),
                packageName + "." + className() + "SinkFactory\n");
        return files;
    }

    private String filled(String template) throws IOException {
        return read(template)
                .replace("%TYPE%", type)
                .replace("%ARTIFACT%", artifact())
                .replace("%CLASS%", className())
                .replace("%PACKAGE%", packageName);
    }

    private String sample(String name) throws IOException {
        return read(name + ".java")
                .replace(SAMPLE_PACKAGE, packageName)
                .replace("FileSink", className() + "Sink")
                .replace("return \"file\";", "return \"" + type + "\";");
    }

    private static String read(String name) throws IOException {
        try (InputStream stream = SinkProject.class.getResourceAsStream(name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
