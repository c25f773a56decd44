package io.deltaforge.sandbox;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Picks the broker's jars, and nothing else, from our own class path.
 *
 * <p>Each jar is found by one of its classes, so it does not matter how this JVM got its class path: as a list, from
 * the manifest of a launcher jar (Surefire) or from a class loader of its own.
 *
 * @param jars the broker's own
 * @param own the jar or directory of this module
 */
record BrokerClassPath(List<String> jars, String own) {
    private static final String LIST = "broker-classpath.txt";

    /** Returns the class path for the broker's JVM: the broker's jars, then this module with its {@link BrokerMain}. */
    static BrokerClassPath find(ClassLoader classLoader) {
        List<String> missing = new ArrayList<>();
        Set<String> entries = new LinkedHashSet<>();
        for (String className : listed()) {
            String place = place(classLoader, className);
            if (place == null) {
                missing.add(className);
            } else {
                entries.add(place);
            }
        }
        if (!missing.isEmpty()) {
            throw new SandboxException("the Kafka broker is not complete on the class path: add "
                    + "org.apache.kafka:kafka_2.13 with all its dependencies (no jar has " + String.join(", ", missing)
                    + ")");
        }
        return new BrokerClassPath(List.copyOf(entries), place(classLoader, BrokerMain.class.getName()));
    }

    /** Returns it as the JVM takes it. */
    String text() {
        return String.join(File.pathSeparator, jars) + File.pathSeparator + own;
    }

    /** Returns where a class is, or null. */
    private static String place(ClassLoader classLoader, String className) {
        String resource = className.replace('.', '/') + ".class";
        URL url = classLoader.getResource(resource);
        return url == null ? null : entry(url, resource).toString();
    }

    private static List<String> listed() {
        try (InputStream list = BrokerClassPath.class.getResourceAsStream(LIST)) {
            if (list == null) {
                throw new SandboxException("resource " + LIST + " is missing from deltaforge-sandbox");
            }
            try (BufferedReader reader = new BufferedReader(new InputStreamReader(list, StandardCharsets.UTF_8))) {
                return reader.lines()
                        .filter(line -> !line.isBlank() && !line.startsWith("#"))
                        .toList();
            }
        } catch (IOException e) {
            throw new SandboxException("cannot read " + LIST, e);
        }
    }

    /** Returns the jar or directory in which a resource was found. */
    private static Path entry(URL url, String resource) {
        try {
            if (url.openConnection() instanceof JarURLConnection jar) {
                return Path.of(jar.getJarFileURL().toURI());
            }
            String text = url.toString();
            return Path.of(new URI(text.substring(0, text.length() - resource.length())));
        } catch (IOException | URISyntaxException e) {
            throw new SandboxException("cannot tell the jar of " + url, e);
        }
    }
}
