package io.deltaforge.server.plugin;

import io.deltaforge.api.config.ConfigSpec;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.regex.Pattern;

/**
 * Finds plugins, each in a class loader of its own. Whatever is wrong with one is written down and stops no other.
 */
final class PluginSearch {

    /** So that a service file that fails at every look cannot keep the search for ever. */
    private static final int MAX_FAILURES = 100;

    private static final Pattern TYPE = Pattern.compile("[a-z0-9][a-z0-9_-]*");

    private final ClassLoader program = PluginSearch.class.getClassLoader();
    private final List<Candidate> candidates = new ArrayList<>();
    private final List<PluginProblem> problems = new ArrayList<>();

    /** A plugin that was found, with what makes it. */
    record Candidate(FoundPlugin plugin, Object factory) {}

    List<Candidate> candidates() {
        return candidates;
    }

    List<PluginProblem> problems() {
        return problems;
    }

    /** Finds what the class path registers. */
    void searchClassPath() {
        search(new Place(program, "the class path", true) {
            @Override
            boolean owns(Class<?> type) {
                return true;
            }
        });
    }

    /** Finds what is in the directories below {@code root}. */
    void searchDirectories(Path root) {
        for (Path entry : children(root)) {
            String name = entry.getFileName().toString();
            if (name.startsWith(".")) {
                continue;
            }
            if (Files.isDirectory(entry)) {
                searchDirectory(entry);
            } else if (name.endsWith(".jar")) {
                String stem = name.substring(0, name.length() - ".jar".length());
                problem(
                        PluginProblem.MISPLACED,
                        entry,
                        "a plugin has a directory of its own; move it to "
                                + root.resolve(stem).resolve(name));
            }
        }
    }

    private static List<Path> children(Path directory) {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            List<Path> children = new ArrayList<>();
            entries.forEach(children::add);
            children.sort(null);
            return children;
        } catch (IOException e) {
            throw new PluginException(directory + " cannot be read: " + e, e);
        }
    }

    private void searchDirectory(Path directory) {
        List<URL> jars = new ArrayList<>();
        boolean registers = false;
        boolean usable = true;
        try {
            for (Path path : children(directory)) {
                if (path.getFileName().toString().endsWith(".jar")) {
                    jars.add(path.toUri().toURL());
                    PluginJar jar = PluginJar.read(path);
                    registers |= jar.registers();
                    usable &= !jar.registers() || runsHere(path, jar);
                }
            }
        } catch (MalformedURLException | PluginException e) {
            problem(PluginProblem.NOT_LOADED, directory, e.getMessage());
            return;
        } catch (IOException e) {
            problem(PluginProblem.NOT_LOADED, directory, "a jar cannot be read: " + e.getMessage());
            return;
        }
        if (!registers) {
            problem(
                    PluginProblem.MISPLACED,
                    directory,
                    "no jar in it registers a plugin: META-INF/services/ must name the factory's class in a file such"
                            + " as "
                            + PluginKind.SINK.service().getName());
        } else if (usable) {
            load(directory, jars);
        }
    }

    private boolean runsHere(Path path, PluginJar jar) {
        ApiVersion ours = ApiVersion.ours();
        String text = jar.apiVersion().orElse(null);
        if (text == null) {
            problems.add(new PluginProblem(
                    PluginProblem.API_VERSION_MISSING,
                    path.toString(),
                    "its manifest has no " + PluginJar.API_VERSION + ", so nobody knows whether it runs with version "
                            + ours + " of the API",
                    true));
            return true;
        }
        if (ApiVersion.parse(text).filter(ours::runs).isPresent()) {
            return true;
        }
        problem(
                PluginProblem.API_VERSION,
                path,
                "it was made for version " + text + " of the API, and " + ours.accepted()
                        + " run here; take a version of the plugin for this DeltaForge");
        return false;
    }

    // The loader lives as long as the process, like the plugin.
    @SuppressWarnings("resource")
    private void load(Path directory, List<URL> jars) {
        PluginClassLoader loader =
                new PluginClassLoader(directory.getFileName().toString(), jars.toArray(URL[]::new), program);
        Place place = new Place(loader, directory.toString(), false) {
            @Override
            boolean owns(Class<?> type) {
                return type.getClassLoader() == loader;
            }
        };
        PluginContext.<Void, RuntimeException>within(loader, () -> {
            search(place);
            return null;
        });
    }

    /** Where classes come from, and which of them may be plugins. */
    abstract static class Place {
        private final ClassLoader loader;
        private final String name;
        private final boolean builtIn;

        Place(ClassLoader loader, String name, boolean builtIn) {
            this.loader = loader;
            this.name = name;
            this.builtIn = builtIn;
        }

        abstract boolean owns(Class<?> type);
    }

    void search(Place place) {
        for (PluginKind kind : PluginKind.values()) {
            Iterator<? extends ServiceLoader.Provider<?>> providers =
                    ServiceLoader.load(kind.service(), place.loader).stream().iterator();
            int failures = 0;
            while (failures < MAX_FAILURES) {
                try {
                    if (!providers.hasNext()) {
                        break;
                    }
                    take(place, kind, providers.next());
                } catch (ServiceConfigurationError | LinkageError e) {
                    failures++;
                    problem(PluginProblem.NOT_LOADED, place, "a " + kind.label() + " cannot be loaded: " + e);
                }
            }
        }
    }

    private void take(Place place, PluginKind kind, ServiceLoader.Provider<?> provider) {
        Class<?> type = provider.type();
        if (!place.owns(type)) {
            problem(
                    PluginProblem.FOREIGN,
                    place,
                    "it names " + type.getName() + " as its " + kind.label() + ", which is not in its own jars");
            return;
        }
        try {
            Object factory = provider.get();
            Object used = place.builtIn ? factory : PluginContext.of(place.loader, factory);
            candidates.add(new Candidate(describe(place, kind, type, factory), used));
        } catch (Exception | LinkageError | ServiceConfigurationError | AssertionError e) {
            problem(
                    PluginProblem.NOT_LOADED,
                    place,
                    "the " + kind.label() + " " + type.getName() + " cannot be used: " + rootOf(e));
        }
    }

    private static Throwable rootOf(Throwable failure) {
        return failure instanceof ServiceConfigurationError && failure.getCause() != null
                ? failure.getCause()
                : failure;
    }

    private static FoundPlugin describe(Place place, PluginKind kind, Class<?> type, Object factory) {
        String name = kind.typeOf(factory);
        if (name == null || !TYPE.matcher(name).matches()) {
            throw new IllegalStateException("its type is '" + name + "', expected small letters, digits, _ and -");
        }
        ConfigSpec config = kind.configOf(factory);
        if (config == null) {
            throw new IllegalStateException("it does not describe its settings");
        }
        Optional<String> jar = PluginJar.of(type).map(Object::toString);
        return new FoundPlugin(
                kind,
                name,
                type.getName(),
                PluginJar.describing(type).version(),
                jar.orElse(place.name),
                place.builtIn,
                config,
                FoundPlugin.State.READY,
                List.of());
    }

    private void problem(String code, Object place, String message) {
        String where = place instanceof Place named ? named.name : place.toString();
        problems.add(new PluginProblem(code, where, message, false));
    }
}
