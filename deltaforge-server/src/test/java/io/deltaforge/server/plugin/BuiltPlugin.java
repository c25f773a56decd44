package io.deltaforge.server.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** A plugin that is compiled and packed by the test that needs it. */
final class BuiltPlugin {

    private static final Path SOURCES = Path.of("src/test/plugins");
    private static final Path LIBRARIES = Path.of("target/plugin-libraries");
    private static final Path WORK = Path.of("target/built-plugins");

    private final String name;
    private final List<String> arguments = new ArrayList<>(List.of("-proc:none", "--release", "17"));
    private final List<Path> libraries = new ArrayList<>();
    private final Map<String, String> services = new LinkedHashMap<>();
    private final Map<String, String> texts = new LinkedHashMap<>();
    private final Manifest manifest = new Manifest();

    BuiltPlugin(String name) {
        this.name = name;
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        says(PluginJar.API_VERSION, ApiVersion.ours().toString());
    }

    /** Adds an attribute to the manifest; null takes it away. */
    BuiltPlugin says(String attribute, String value) {
        manifest.getMainAttributes().remove(new Attributes.Name(attribute));
        if (value != null) {
            manifest.getMainAttributes().putValue(attribute, value);
        }
        return this;
    }

    /** Adds a class of the package {@code plugin.<name>}; the sources of a name are below {@code src/test/plugins}. */
    BuiltPlugin source(String className, String code) {
        texts.put(className, code);
        return this;
    }

    BuiltPlugin sourceOf(String className) throws IOException {
        return source(className, Files.readString(SOURCES.resolve(name).resolve(className + ".java")));
    }

    BuiltPlugin registers(PluginKind kind, String... classNames) {
        services.put(kind.service().getName(), String.join("\n", classNames) + "\n");
        return this;
    }

    /** Puts a library, which the build has fetched, beside the plugin. */
    BuiltPlugin brings(String jar) {
        libraries.add(LIBRARIES.resolve(jar));
        return this;
    }

    /** Compiles and packs; returns the plugin's directory. */
    Path into(Path plugins) throws IOException {
        Path directory = Files.createDirectories(plugins.resolve(name));
        for (Path library : libraries) {
            Files.copy(library, directory.resolve(library.getFileName()));
        }
        Path work = Files.createTempDirectory(Files.createDirectories(WORK), name);
        compile(work);
        try (JarOutputStream jar =
                new JarOutputStream(Files.newOutputStream(directory.resolve(name + ".jar")), manifest)) {
            for (Map.Entry<String, String> service : services.entrySet()) {
                jar.putNextEntry(new JarEntry("META-INF/services/" + service.getKey()));
                jar.write(service.getValue().getBytes(StandardCharsets.UTF_8));
            }
            Path classes = work.resolve("classes");
            try (Stream<Path> files = Files.walk(classes)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    jar.putNextEntry(
                            new JarEntry(classes.relativize(file).toString().replace('\\', '/')));
                    Files.copy(file, jar);
                }
            }
        }
        return directory;
    }

    private void compile(Path work) throws IOException {
        Path classes = Files.createDirectories(work.resolve("classes"));
        List<String> all = new ArrayList<>(arguments);
        List<String> classPath =
                new ArrayList<>(List.of(placeOf(PluginKind.SINK.service()), placeOf(org.slf4j.Logger.class)));
        libraries.forEach(library -> classPath.add(library.toString()));
        all.addAll(List.of("-d", classes.toString(), "-cp", String.join(java.io.File.pathSeparator, classPath)));
        texts.forEach((className, code) -> {
            try {
                all.add(Files.writeString(work.resolve(className + ".java"), code)
                        .toString());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        if (!texts.isEmpty()) {
            int result = ToolProvider.getSystemJavaCompiler().run(null, null, null, all.toArray(String[]::new));
            assertThat(result).as("exit code of the compiler").isZero();
        }
    }

    private static String placeOf(Class<?> type) {
        return PluginJar.of(type).orElseThrow().toString();
    }
}
