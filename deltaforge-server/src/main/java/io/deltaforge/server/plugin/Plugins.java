package io.deltaforge.server.plugin;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.checkpoint.CheckpointStoreFactory;
import io.deltaforge.api.processor.ProcessorFactory;
import io.deltaforge.api.sink.SinkFactory;
import io.deltaforge.api.source.SourceFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The plugins of this process by their type names, and what is wrong with those that cannot be used. Immutable.
 *
 * <p>What belongs to the program is on the class path. Everything else has a directory of its own,
 * {@code plugins/<name>/*.jar}, and a class loader of its own, which sees the JDK, {@code io.deltaforge.api} and slf4j and
 * else nothing of the program.
 */
public final class Plugins {

    private final Map<PluginKind, Map<String, Object>> factories = new EnumMap<>(PluginKind.class);
    private final List<FoundPlugin> found;
    private final List<PluginProblem> problems;

    /**
     * Takes plugins that are there already.
     *
     * @param sources what {@code source.type} may name
     * @param processors what {@code processors[].type} may name
     * @param sinks what {@code sinks[].type} may name
     * @param stores what {@code checkpoint.type} may name
     */
    public Plugins(
            Map<String, SourceFactory> sources,
            Map<String, ProcessorFactory> processors,
            Map<String, SinkFactory> sinks,
            Map<String, CheckpointStoreFactory> stores) {
        factories.put(PluginKind.SOURCE, Map.copyOf(requireNonNull(sources, "sources is null")));
        factories.put(PluginKind.PROCESSOR, Map.copyOf(requireNonNull(processors, "processors is null")));
        factories.put(PluginKind.SINK, Map.copyOf(requireNonNull(sinks, "sinks is null")));
        factories.put(PluginKind.CHECKPOINT, Map.copyOf(requireNonNull(stores, "stores is null")));
        this.found = List.of();
        this.problems = List.of();
    }

    private Plugins(PluginSearch search) {
        List<FoundPlugin> plugins = new ArrayList<>();
        List<PluginProblem> wrong = new ArrayList<>(search.problems());
        for (PluginKind kind : PluginKind.values()) {
            Map<String, List<PluginSearch.Candidate>> byType = search.candidates().stream()
                    .filter(candidate -> candidate.plugin().kind() == kind)
                    .collect(Collectors.groupingBy(
                            candidate -> candidate.plugin().type(), LinkedHashMap::new, Collectors.toList()));
            Map<String, Object> usable = new LinkedHashMap<>();
            byType.forEach((type, candidates) -> {
                if (candidates.size() == 1) {
                    usable.put(type, candidates.get(0).factory());
                    plugins.add(candidates.get(0).plugin());
                } else {
                    List<FoundPlugin> rivals = candidates.stream()
                            .map(PluginSearch.Candidate::plugin)
                            .toList();
                    rivals.forEach(plugin -> plugins.add(inConflict(plugin, rivals)));
                    wrong.add(conflict(kind, type, rivals));
                }
            });
            factories.put(kind, Map.copyOf(usable));
        }
        plugins.sort(Comparator.comparing(FoundPlugin::kind)
                .thenComparing(FoundPlugin::type)
                .thenComparing(FoundPlugin::origin));
        this.found = List.copyOf(plugins);
        this.problems = List.copyOf(wrong);
    }

    @SuppressWarnings("ReferenceEquality") // Two plugins may look the same and be in conflict all the same.
    private static FoundPlugin inConflict(FoundPlugin plugin, List<FoundPlugin> rivals) {
        return plugin.conflictingWith(rivals.stream()
                .filter(other -> other != plugin)
                .map(FoundPlugin::where)
                .toList());
    }

    private static PluginProblem conflict(PluginKind kind, String type, List<FoundPlugin> rivals) {
        String message = rivals.size() + " plugins have the " + kind.label() + " type '" + type + "': "
                + rivals.stream().map(FoundPlugin::where).collect(Collectors.joining(" and "))
                + "; none of them can be used until only one is left";
        return new PluginProblem(
                PluginProblem.CONFLICT, rivals.get(rivals.size() - 1).origin(), message, false);
    }

    /**
     * Finds the plugins that the class path registers as services.
     *
     * @return the plugins
     */
    public static Plugins onClassPath() {
        return find(Optional.empty());
    }

    /**
     * Finds the plugins that the class path registers, and those in a directory. Reads files and loads classes; never
     * fails because of a single plugin, see {@link #problems}.
     *
     * @param directory holds one directory per plugin, with its jars; empty when there is none
     * @return the plugins
     * @throws PluginException when the directory is not there or cannot be read
     */
    public static Plugins find(Optional<Path> directory) {
        PluginSearch search = new PluginSearch();
        search.searchClassPath();
        directory.ifPresent(path -> {
            if (!Files.isDirectory(path)) {
                throw new PluginException(path + " is not a directory; it should hold one directory per plugin");
            }
            search.searchDirectories(path.toAbsolutePath().normalize());
        });
        return new Plugins(search);
    }

    /**
     * Returns the sources.
     *
     * @return what {@code source.type} may name
     */
    public Map<String, SourceFactory> sources() {
        return of(PluginKind.SOURCE, SourceFactory.class);
    }

    /**
     * Returns the processors.
     *
     * @return what {@code processors[].type} may name
     */
    public Map<String, ProcessorFactory> processors() {
        return of(PluginKind.PROCESSOR, ProcessorFactory.class);
    }

    /**
     * Returns the sinks.
     *
     * @return what {@code sinks[].type} may name
     */
    public Map<String, SinkFactory> sinks() {
        return of(PluginKind.SINK, SinkFactory.class);
    }

    /**
     * Returns the checkpoint stores.
     *
     * @return what {@code checkpoint.type} may name
     */
    public Map<String, CheckpointStoreFactory> stores() {
        return of(PluginKind.CHECKPOINT, CheckpointStoreFactory.class);
    }

    private <F> Map<String, F> of(PluginKind kind, Class<F> service) {
        return factories.get(kind).entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, entry -> service.cast(entry.getValue())));
    }

    /**
     * Returns every plugin that could say who it is, also those that are in conflict.
     *
     * @return plugins by kind, type and origin, unmodifiable
     */
    public List<FoundPlugin> found() {
        return found;
    }

    /**
     * Returns what is wrong.
     *
     * @return problems and warnings, unmodifiable
     */
    public List<PluginProblem> problems() {
        return problems;
    }

    /**
     * Says why there is no plugin to use under a type, for the error of whoever named it.
     *
     * @param kind the kind of plugin
     * @param type its type, which {@link #sources} and so on do not have
     * @return the conflict, or what could not be loaded and might be it; empty when no plugin has a problem
     */
    public List<PluginProblem> whyNot(PluginKind kind, String type) {
        boolean conflict = found.stream()
                .anyMatch(plugin -> plugin.kind() == kind && plugin.type().equals(type));
        String word = "the " + kind.label() + " type '" + type + "'";
        return problems.stream()
                .filter(problem -> !problem.warning())
                .filter(problem -> conflict
                        ? problem.code().equals(PluginProblem.CONFLICT)
                                && problem.message().contains(word)
                        : !problem.code().equals(PluginProblem.CONFLICT))
                .toList();
    }

    /**
     * Puts {@link #whyNot} into words.
     *
     * @param kind the kind of plugin
     * @param type its type
     * @return the end of a sentence, beginning with a semicolon; empty when no plugin has a problem
     */
    public String remark(PluginKind kind, String type) {
        return whyNot(kind, type).stream()
                .map(problem -> problem.code().equals(PluginProblem.CONFLICT)
                        ? "; " + problem.message()
                        : "; not loaded is " + problem)
                .collect(Collectors.joining());
    }
}
