package io.deltaforge.server.cli;

import io.deltaforge.api.config.ConfigField;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.NearestName;
import io.deltaforge.server.cli.Answer.Failure;
import io.deltaforge.server.plugin.FoundPlugin;
import io.deltaforge.server.plugin.PluginKind;
import io.deltaforge.server.plugin.PluginProblem;
import io.deltaforge.server.plugin.Plugins;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** {@code deltaforge plugins describe}. */
@Command(name = "describe", description = "Says what a plugin does, and all of its settings.")
final class PluginsDescribeCommand extends Verb {

    @Parameters(
            index = "0",
            paramLabel = "KIND",
            converter = KindConverter.class,
            description = "source, processor, sink or checkpoint")
    private PluginKind kind;

    @Parameters(index = "1", paramLabel = "TYPE", description = "the plugin's type, as 'plugins ls' shows it")
    private String type;

    @Mixin
    private PluginOption plugins;

    /** Takes the words that people read. */
    static final class KindConverter implements ITypeConverter<PluginKind> {
        @Override
        public PluginKind convert(String word) {
            return Arrays.stream(PluginKind.values())
                    .filter(kind -> kind.label().equals(word))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException("'" + word + "' is no kind of plugin; expected "
                            + Arrays.stream(PluginKind.values())
                                    .map(PluginKind::label)
                                    .collect(Collectors.joining(", "))));
        }
    }

    /** A setting as machines see it. */
    private record Setting(
            String name,
            ConfigField.Type type,
            boolean required,
            Optional<String> defaultValue,
            List<String> allowed,
            Optional<Long> min,
            Optional<Long> max,
            String unit,
            String doc,
            List<Setting> settings) {
        Setting(ConfigField field) {
            this(
                    field.name(),
                    field.type(),
                    field.required(),
                    field.defaultText(),
                    field.allowed(),
                    bound(field.min(), Long.MIN_VALUE),
                    bound(field.max(), Long.MAX_VALUE),
                    field.unit().text(),
                    field.doc(),
                    field.nested()
                            .map(nested ->
                                    nested.fields().stream().map(Setting::new).toList())
                            .orElse(List.of()));
        }

        private static Optional<Long> bound(long value, long none) {
            return value == none ? Optional.empty() : Optional.of(value);
        }
    }

    /** A plugin as machines see it. */
    private record Described(
            String kind,
            String type,
            Optional<String> version,
            boolean builtIn,
            String origin,
            String className,
            String doc,
            List<Setting> settings) {
        Described(FoundPlugin plugin) {
            this(
                    plugin.kind().label(),
                    plugin.type(),
                    plugin.version(),
                    plugin.builtIn(),
                    plugin.origin(),
                    plugin.className(),
                    plugin.config().doc(),
                    plugin.config().fields().stream().map(Setting::new).toList());
        }
    }

    @Override
    Answer answer(Output out) {
        Plugins found = plugins.find();
        List<FoundPlugin> ofKind = found.found().stream()
                .filter(plugin -> plugin.kind() == kind && plugin.state() == FoundPlugin.State.READY)
                .toList();
        return ofKind.stream()
                .filter(plugin -> plugin.type().equals(type))
                .findFirst()
                .map(plugin -> Answer.done(plugin.config().doc(), new Described(plugin))
                        .withText(text(plugin, out.style())))
                .orElseGet(() -> missing(ofKind, found.whyNot(kind, type)));
    }

    private Answer missing(List<FoundPlugin> ofKind, List<PluginProblem> problems) {
        List<String> known = ofKind.stream().map(FoundPlugin::type).toList();
        return Answer.failed(
                ExitCode.CONFIG,
                new Failure(
                        "UNKNOWN_PLUGIN",
                        "there is no " + kind.label() + " '" + type + "' that can be used; there are: "
                                + String.join(", ", known)
                                + NearestName.of(type, known)
                                        .map(near -> "; did you mean '" + near + "'?")
                                        .orElse(""),
                        null,
                        problems));
    }

    private static String text(FoundPlugin plugin, Style style) {
        StringBuilder text = new StringBuilder();
        text.append(style.strong(plugin.kind().label() + " " + plugin.type()))
                .append(plugin.version().map(version -> " " + version).orElse(""))
                .append(plugin.builtIn() ? ", built in" : ", from " + plugin.origin())
                .append("%n%s%n".formatted(plugin.config().doc()));
        append(text, plugin.config(), "  ", style);
        return text.toString();
    }

    private static void append(StringBuilder text, ConfigSpec spec, String indent, Style style) {
        for (ConfigField field : spec.fields()) {
            text.append("%n%s%s  %s%n%s    %s%n"
                    .formatted(indent, style.strong(field.name()), shape(field), indent, field.doc()));
            field.nested().ifPresent(nested -> append(text, nested, indent + "    ", style));
        }
    }

    private static String shape(ConfigField field) {
        String what = field.allowed().isEmpty()
                ? field.type().name().toLowerCase(Locale.ROOT).replace('_', ' ')
                : String.join(" | ", field.allowed());
        String need = field.required()
                ? ", required"
                : field.defaultText().map(text -> ", default " + text).orElse("");
        String unit = field.unit().text().isEmpty() ? "" : " of " + field.unit().text();
        String least = field.min() == Long.MIN_VALUE ? "" : ", at least " + field.min();
        String most = field.max() == Long.MAX_VALUE ? "" : ", at most " + field.max();
        return what + unit + need + least + most;
    }
}
