package io.deltaforge.server.config;

import com.typesafe.config.ConfigObject;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.processor.ProcessorFactory;
import io.deltaforge.api.sink.SinkFactory;
import io.deltaforge.api.source.SourceFactory;
import io.deltaforge.core.SinkDefinition;
import io.deltaforge.core.batch.BatchLimits;
import io.deltaforge.core.commit.CommitPolicy;
import io.deltaforge.core.envelope.Envelope;
import io.deltaforge.server.config.ServerConfig.Pipeline;
import io.deltaforge.server.config.ServerConfig.Plugin;
import io.deltaforge.server.plugin.Plugins;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Pattern;

/** Reads the settings of one pipeline. Used once. */
final class PipelineReader {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,63}");
    private static final String NAME_RULE = "1 to 63 letters, digits, dots, underscores and dashes";

    private record NamedKind<F>(String name, Map<String, F> plugins, BiFunction<F, Set<String>, ConfigSpec> specs)
            implements PluginSection.Kind<F> {
        @Override
        public ConfigSpec spec(F factory) {
            return specs.apply(factory, plugins.keySet());
        }
    }

    private final String name;
    private final String path;
    private final Problems problems;
    private final NamedKind<SourceFactory> sources;
    private final NamedKind<ProcessorFactory> processors;
    private final NamedKind<SinkFactory> sinks;
    private final int problemsBefore;

    PipelineReader(String name, String path, Plugins plugins, Problems problems) {
        this.name = name;
        this.path = path;
        this.problems = problems;
        this.problemsBefore = problems.count();
        this.sources = new NamedKind<>(
                "source", plugins.sources(), (plugin, types) -> ConfigReference.source(plugin.config(), types));
        this.processors = new NamedKind<>(
                "processor",
                plugins.processors(),
                (plugin, types) -> ConfigReference.processor(plugin.config(), types));
        this.sinks = new NamedKind<>(
                "sink", plugins.sinks(), (plugin, types) -> ConfigReference.sink(plugin.config(), types));
    }

    /** Returns the pipeline if nothing is wrong with it. */
    Optional<Pipeline> read(ConfigObject object) {
        if (!NAME.matcher(name).matches()) {
            problems.add(path, "the name of a pipeline must be " + NAME_RULE);
        }
        BoundSettings pipeline =
                BoundSettings.bind(object, ConfigReference.PIPELINE, path, "pipeline \"" + name + "\"", problems);
        Optional<Plugin<SourceFactory>> source =
                pipeline.group("source").flatMap(group -> source(group, pipeline.path("source")));
        List<Plugin<ProcessorFactory>> chain = new ArrayList<>();
        List<ConfigObject> steps = pipeline.groups("processors");
        for (int i = 0; i < steps.size(); i++) {
            processor(steps.get(i), ConfigPath.item(pipeline.path("processors"), i))
                    .ifPresent(chain::add);
        }
        List<SinkDefinition> targets = new ArrayList<>();
        Optional<CommitPolicy> policy = sinks(pipeline, targets);
        Optional<BatchLimits> limits = limits(pipeline);
        if (problems.count() > problemsBefore) {
            return Optional.empty();
        }
        return source.flatMap(from ->
                limits.flatMap(bounds -> policy.map(rule -> new Pipeline(name, from, chain, targets, bounds, rule))));
    }

    private Optional<Plugin<SourceFactory>> source(ConfigObject group, String at) {
        return PluginSection.bind(group, at, sources, problems).map(section -> {
            if (section.sound()) {
                new DryRun(at, section.settings(), problems)
                        .make(() -> section.factory().create(section.settings(), new DryRun.ForSource(name)));
            }
            Optional<String> id = section.settings().optionalString("id");
            id.ifPresent(written -> checkId(written, at));
            return new Plugin<>(id.orElse(name), section.factory(), section.settings());
        });
    }

    private Optional<Plugin<ProcessorFactory>> processor(ConfigObject group, String at) {
        return PluginSection.bind(group, at, processors, problems).map(section -> {
            if (section.sound()) {
                new DryRun(at, section.settings(), problems)
                        .make(() -> section.factory().create(section.settings()));
            }
            String id = section.settings()
                    .optionalString("id")
                    .orElse(section.factory().type());
            checkId(id, at);
            return new Plugin<>(id, section.factory(), section.settings());
        });
    }

    /** Reads the sinks, and the commit policy against them; names that are right count even if other things are not. */
    private Optional<CommitPolicy> sinks(BoundSettings pipeline, List<SinkDefinition> targets) {
        String list = pipeline.path("sinks");
        List<ConfigObject> groups = pipeline.groups("sinks");
        Map<String, String> placesById = new HashMap<>();
        Set<String> ids = new LinkedHashSet<>();
        Set<String> required = new LinkedHashSet<>();
        for (int i = 0; i < groups.size(); i++) {
            String at = ConfigPath.item(list, i);
            Optional<PluginSection<SinkFactory>> section = PluginSection.bind(groups.get(i), at, sinks, problems);
            String id = section.flatMap(found -> found.settings().optionalString("id"))
                    .orElse(at);
            ids.add(id);
            if (section.isEmpty() || section.get().settings().isTrueOrUnknown("required")) {
                required.add(id);
            }
            if (id.equals(at)) {
                continue;
            }
            checkId(id, at);
            String other = placesById.putIfAbsent(id, at);
            if (other != null) {
                problems.add(
                        ConfigPath.child(at, "id"),
                        "found '" + id + "', which is the id of " + other
                                + "; each sink of a pipeline needs an id of its own");
            }
            sink(section.get(), id).ifPresent(targets::add);
        }
        if (groups.isEmpty()) {
            if (pipeline.isSound("sinks")) {
                problems.add(list, "is empty; a pipeline needs at least one sink");
            }
            return Optional.empty();
        }
        return policy(pipeline, ids, required);
    }

    private Optional<SinkDefinition> sink(PluginSection<SinkFactory> section, String id) {
        if (!section.sound()) {
            return Optional.empty();
        }
        BoundSettings settings = section.settings();
        Envelope envelope = Envelope.valueOf(settings.string("envelope").toUpperCase(Locale.ROOT));
        new DryRun(section.path(), settings, problems)
                .make(() -> section.factory().create(settings, new DryRun.ForSink(name, id, envelope)));
        return Optional.of(new SinkDefinition(id, settings.bool("required"), section.factory(), settings, envelope));
    }

    private void checkId(String id, String at) {
        if (!NAME.matcher(id).matches()) {
            problems.add(ConfigPath.child(at, "id"), "found '" + id + "', expected " + NAME_RULE);
        }
    }

    private Optional<CommitPolicy> policy(BoundSettings pipeline, Set<String> ids, Set<String> required) {
        BoundSettings settings = ConfigReader.group(pipeline, "commit_policy", ConfigReference.COMMIT_POLICY, problems);
        Optional<String> mode = settings.optionalString("mode");
        Optional<Long> quorum = settings.optionalInteger("quorum");
        if (mode.isEmpty()) {
            return Optional.empty();
        }
        if (mode.get().equals("quorum") && quorum.isEmpty()) {
            if (!settings.isWritten("quorum")) {
                problems.add(settings.path("quorum"), "is missing: mode = quorum needs the number of sinks");
            }
            return Optional.empty();
        }
        if (!mode.get().equals("quorum") && quorum.isPresent()) {
            problems.add(settings.path("quorum"), "means something with mode = quorum only; the mode is " + mode.get());
        }
        CommitPolicy policy =
                switch (mode.get()) {
                    case "all" -> CommitPolicy.all();
                    case "required" -> CommitPolicy.required();
                    default -> CommitPolicy.quorum(quorum.orElse(0L).intValue());
                };
        policy.problems(ids, required).forEach(problem -> problems.add(pipeline.path("commit_policy"), problem));
        return Optional.of(policy);
    }

    private Optional<BatchLimits> limits(BoundSettings pipeline) {
        int before = problems.count();
        BoundSettings batch = ConfigReader.group(pipeline, "batch", ConfigReference.BATCH, problems);
        if (problems.count() > before || batch.isIncomplete()) {
            return Optional.empty();
        }
        return Optional.of(new BatchLimits(
                (int) batch.integer("max_events"),
                batch.integer("max_bytes"),
                batch.integer("max_ms"),
                batch.bool("respect_source_tx"),
                (int) batch.integer("max_inflight"),
                (int) batch.integer("split_events"),
                batch.integer("split_bytes"),
                (int) batch.integer("window_events")));
    }
}
