package io.deltaforge.server.plugin;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;

/**
 * What a jar says about itself.
 *
 * @param registers whether it registers plugins
 * @param version its own version
 * @param apiVersion the version of the API that it was made for
 */
record PluginJar(boolean registers, Optional<String> version, Optional<String> apiVersion) {

    static final String API_VERSION = "DeltaForge-Api-Version";

    private static final PluginJar NOTHING = new PluginJar(false, Optional.empty(), Optional.empty());

    /** Reads a jar's table of contents and manifest. */
    static PluginJar read(Path path) throws IOException {
        try (JarFile jar = new JarFile(path.toFile())) {
            boolean registers = false;
            for (PluginKind kind : PluginKind.values()) {
                registers |= jar.getEntry("META-INF/services/" + kind.service().getName()) != null;
            }
            Manifest manifest = jar.getManifest();
            Attributes main = manifest == null ? new Attributes() : manifest.getMainAttributes();
            return new PluginJar(
                    registers,
                    Optional.ofNullable(main.getValue(Attributes.Name.IMPLEMENTATION_VERSION)),
                    Optional.ofNullable(main.getValue(API_VERSION)));
        }
    }

    /** Returns the jar or directory that a class was loaded from. */
    static Optional<Path> of(Class<?> type) {
        try {
            CodeSource source = type.getProtectionDomain().getCodeSource();
            return source == null
                    ? Optional.empty()
                    : Optional.of(Path.of(source.getLocation().toURI()));
        } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException e) {
            return Optional.empty();
        }
    }

    /** Returns what the jar of a class says; nothing for a class in a directory. */
    static PluginJar describing(Class<?> type) {
        try {
            Optional<Path> place = of(type);
            return place.isPresent() && Files.isRegularFile(place.get()) ? read(place.get()) : NOTHING;
        } catch (IOException e) {
            return NOTHING;
        }
    }
}
