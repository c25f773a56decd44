package io.deltaforge.server.config;

import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.processor.ProcessorFactory;
import io.deltaforge.api.sink.SinkFactory;
import io.deltaforge.api.source.SourceFactory;
import io.deltaforge.core.SinkDefinition;
import io.deltaforge.core.batch.BatchLimits;
import io.deltaforge.core.commit.CommitPolicy;
import io.deltaforge.core.deadletter.DeadLetterLimits;
import io.deltaforge.core.deadletter.OnPoison;
import io.deltaforge.core.deadletter.OverflowPolicy;
import io.deltaforge.core.envelope.Envelope;
import io.deltaforge.core.envelope.EnvelopeSettings;
import io.deltaforge.core.spool.SpoolLimits;
import io.deltaforge.server.config.ServerConfig.Pipeline;
import io.deltaforge.server.config.ServerConfig.Plugin;
import io.deltaforge.server.config.ServerConfig.Spool;
import io.deltaforge.server.config.finding.Place;
import io.deltaforge.server.config.finding.Problems;
import io.deltaforge.server.plugin.Plugins;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Makes one pipeline from its settings, and checks what no spec can say: names, ids, policies, the plugins' own rules. */
final class PipelineReader {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,63}");
    private static final String NAME_RULE = "1 to 63 letters, digits, dots, underscores and dashes";

    private final String name;
    private final BoundSettings settings;
    private final Plugins plugins;
    private final Problems problems;

    PipelineReader(String name, BoundSettings settings, Plugins plugins, Problems problems) {
        this.name = name;
        this.settings = settings;
        this.plugins = plugins;
        this.problems = problems;
    }

    /** Returns the pipeline if nothing is wrong with it. */
    Optional<Pipeline> read() {
        int before = problems.errors();
        checkName(name, settings.place(), settings.path(), "the name of a pipeline");
        Optional<Plugin<SourceFactory>> source =
                settings.optionalGroup("source").flatMap(this::source);
        List<Plugin<ProcessorFactory>> chain = new ArrayList<>();
        settings.groups("processors").forEach(step -> processor(step).ifPresent(chain::add));
        List<SinkDefinition> targets = new ArrayList<>();
        Optional<CommitPolicy> policy = sinks(targets);
        BoundSettings batch = settings.group("batch");
        BoundSettings journal = settings.group("journal");
        BoundSettings spool = settings.group("spool");
        if (problems.errors() > before || !settings.isSound()) {
            return Optional.empty();
        }
        return source.flatMap(from -> policy.map(rule -> new Pipeline(
                name,
                from,
                chain,
                targets,
                limits(batch),
                rule,
                letters(journal),
                spool(spool, targets.size()),
                Duration.ofSeconds(settings.integer("sink_batch_deadline_secs")))));
    }

    private void checkName(String written, Place place, String path, String what) {
        // Files and directories are named after it.
        if (!NAME.matcher(written).matches() || written.equals(".") || written.equals("..")) {
            problems.error("INVALID_NAME", place, path, what + " will not do").expected(NAME_RULE);
        }
    }

    private void checkId(BoundSettings plugin) {
        plugin.optionalString("id").ifPresent(id -> checkName(id, plugin.place("id"), plugin.path("id"), "the id"));
    }

    private static <F> Optional<F> factory(BoundSettings plugin, Map<String, F> factories) {
        return plugin.optionalString(ConfigSpec.TYPE).map(factories::get);
    }

    private Optional<Plugin<SourceFactory>> source(BoundSettings source) {
        checkId(source);
        String id = source.optionalString("id").orElse(name);
        return factory(source, plugins.sources()).map(factory -> {
            if (source.isSound()) {
                new DryRun(source, problems).make(() -> factory.create(source, new DryRun.ForSource(name, id)));
            }
            return new Plugin<>(id, factory, source);
        });
    }

    private Optional<Plugin<ProcessorFactory>> processor(BoundSettings step) {
        checkId(step);
        return factory(step, plugins.processors()).map(factory -> {
            if (step.isSound()) {
                new DryRun(step, problems).make(() -> factory.create(step));
            }
            return new Plugin<>(step.optionalString("id").orElse(factory.type()), factory, step);
        });
    }

    /** Reads the sinks, and the commit policy against them; names that are right count even if other things are not. */
    private Optional<CommitPolicy> sinks(List<SinkDefinition> targets) {
        List<BoundSettings> groups = settings.groups("sinks");
        Map<String, BoundSettings> byId = new HashMap<>();
        Set<String> ids = new LinkedHashSet<>();
        Set<String> required = new LinkedHashSet<>();
        for (BoundSettings sink : groups) {
            String id = sink.optionalString("id").orElse(sink.path());
            ids.add(id);
            if (sink.isTrueOrUnknown("required")) {
                required.add(id);
            }
            checkId(sink);
            BoundSettings other = byId.putIfAbsent(id, sink);
            if (other != null) {
                problems.error(
                                "WRITTEN_TWICE",
                                sink.place("id"),
                                sink.path("id"),
                                "'" + id + "' is the id of " + other.path() + " too")
                        .fix("each sink of a pipeline needs an id of its own: its position is kept under it");
            }
            sink(sink, id).ifPresent(targets::add);
        }
        if (groups.isEmpty()) {
            if (settings.isBound("sinks")) {
                problems.error(
                        "MISSING_SETTING", settings.place("sinks"), settings.path("sinks"), "there is no sink in it");
            }
            return Optional.empty();
        }
        return policy(ids, required);
    }

    private Optional<SinkDefinition> sink(BoundSettings sink, String id) {
        Optional<SinkFactory> factory = factory(sink, plugins.sinks());
        if (factory.isEmpty() || !sink.isSound()) {
            return Optional.empty();
        }
        Envelope envelope = EnvelopeSettings.read(sink.group("envelope"));
        new DryRun(sink, problems).make(() -> factory.get().create(sink, new DryRun.ForSink(name, id, envelope)));
        return Optional.of(new SinkDefinition(id, sink.bool("required"), factory.get(), sink, envelope));
    }

    private Optional<CommitPolicy> policy(Set<String> ids, Set<String> required) {
        BoundSettings rule = settings.group("commit_policy");
        Optional<String> mode = rule.optionalString("mode");
        Optional<Long> quorum = rule.optionalInteger("quorum");
        if (mode.isEmpty()) {
            return Optional.empty();
        }
        if (mode.get().equals("quorum") && quorum.isEmpty()) {
            if (!rule.isWritten("quorum")) {
                problems.error(
                                "MISSING_SETTING",
                                rule.place("mode"),
                                rule.path("quorum"),
                                "is missing with mode = quorum")
                        .expected("the number of sinks that must have a batch");
            }
            return Optional.empty();
        }
        if (!mode.get().equals("quorum") && quorum.isPresent()) {
            problems.error(
                            "INVALID_VALUE",
                            rule.place("quorum"),
                            rule.path("quorum"),
                            "means something with mode = quorum only; the mode is " + mode.get())
                    .fix("write mode = quorum, or leave quorum out");
        }
        CommitPolicy policy =
                switch (mode.get()) {
                    case "all" -> CommitPolicy.all();
                    case "required" -> CommitPolicy.required();
                    default -> CommitPolicy.quorum(quorum.orElse(0L).intValue());
                };
        policy.problems(ids, required)
                .forEach(problem -> problems.error(
                        "INVALID_VALUE",
                        settings.isWritten("commit_policy")
                                ? rule.place(mode.get().equals("quorum") ? "quorum" : "mode")
                                : settings.place("sinks"),
                        rule.path(),
                        problem));
        return Optional.of(policy);
    }

    /** The bounds of dead letters, if there are to be any. */
    private static Optional<DeadLetterLimits> letters(BoundSettings journal) {
        if (!journal.bool("enabled")) {
            return Optional.empty();
        }
        BoundSettings dlq = journal.group("dlq");
        return Optional.of(new DeadLetterLimits(
                (int) dlq.integer("max_entries"),
                dlq.integer("max_age_secs"),
                (int) journal.integer("max_event_bytes"),
                OverflowPolicy.valueOf(dlq.string("overflow_policy").toUpperCase(Locale.ROOT)),
                OnPoison.valueOf(dlq.string("on_poison").toUpperCase(Locale.ROOT))));
    }

    private static Spool spool(BoundSettings spool, int sinks) {
        return new Spool(
                spool.optionalBool("enabled").orElse(sinks > 1),
                new SpoolLimits(
                        spool.integer("max_bytes"),
                        spool.integer("max_age_secs"),
                        spool.integer("min_free_disk"),
                        SpoolLimits.OnFull.valueOf(spool.string("on_full").toUpperCase(Locale.ROOT))));
    }

    private static BatchLimits limits(BoundSettings batch) {
        return new BatchLimits(
                (int) batch.integer("max_events"),
                batch.integer("max_bytes"),
                batch.integer("max_ms"),
                batch.bool("respect_source_tx"),
                (int) batch.integer("max_inflight"),
                (int) batch.integer("split_events"),
                batch.integer("split_bytes"),
                (int) batch.integer("window_events"));
    }
}
