package io.deltaforge.server.cli;

import io.deltaforge.server.plugin.FoundPlugin;
import io.deltaforge.server.plugin.PluginProblem;
import io.deltaforge.server.plugin.Plugins;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code deltaforge plugins ls}. */
@Command(name = "ls", description = "Lists every plugin with its kind, version and origin, and what is wrong with it.")
final class PluginsLsCommand extends Verb {

    private static final String ROW = "%-10s  %-20s  %-16s  %-8s  %s%n";

    @Mixin
    private PluginOption plugins;

    /** A plugin as machines see it. */
    private record Listed(
            String kind,
            String type,
            Optional<String> version,
            FoundPlugin.State state,
            boolean builtIn,
            String origin,
            String className,
            List<String> rivals) {
        Listed(FoundPlugin plugin) {
            this(
                    plugin.kind().label(),
                    plugin.type(),
                    plugin.version(),
                    plugin.state(),
                    plugin.builtIn(),
                    plugin.origin(),
                    plugin.className(),
                    plugin.rivals());
        }
    }

    @Override
    Answer answer(Output out) {
        Plugins found = plugins.find();
        List<Listed> listed = found.found().stream().map(Listed::new).toList();
        String summary = listed.size() + " plugins, " + found.problems().size() + " problems";
        return Answer.done(summary, Map.of("plugins", listed, "problems", found.problems()))
                .withText(text(listed, found.problems(), out.style()));
    }

    private static String text(List<Listed> plugins, List<PluginProblem> problems, Style style) {
        StringBuilder text = new StringBuilder();
        text.append(style.strong(ROW.formatted("KIND", "TYPE", "VERSION", "STATE", "ORIGIN")
                        .strip()))
                .append(System.lineSeparator());
        for (Listed plugin : plugins) {
            text.append(ROW.formatted(
                    plugin.kind,
                    plugin.type,
                    plugin.version.orElse("-"),
                    plugin.state.name().toLowerCase(Locale.ROOT),
                    plugin.builtIn ? "built in" : plugin.origin));
        }
        List<String> lines = new ArrayList<>();
        for (PluginProblem problem : problems) {
            String word = problem.warning() ? style.doubtful("warning") : style.bad("error");
            lines.add(word + " " + problem.code() + ": " + problem);
        }
        if (!lines.isEmpty()) {
            text.append(System.lineSeparator()).append(String.join(System.lineSeparator(), lines));
        }
        return text.toString();
    }
}
