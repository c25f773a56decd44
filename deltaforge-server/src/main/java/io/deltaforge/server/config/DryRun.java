package io.deltaforge.server.config;

import io.deltaforge.api.checkpoint.StateStore;
import io.deltaforge.api.config.ConfigField;
import io.deltaforge.api.config.ConfigField.Type;
import io.deltaforge.api.encode.EventEncoder;
import io.deltaforge.api.encode.EventRouter;
import io.deltaforge.api.error.ConfigException;
import io.deltaforge.api.error.ConfigException.Problem;
import io.deltaforge.api.metrics.MetricScope;
import io.deltaforge.api.sink.DeadLetters;
import io.deltaforge.api.sink.SinkContext;
import io.deltaforge.api.source.SourceContext;
import io.deltaforge.core.envelope.Envelope;
import io.deltaforge.core.envelope.EnvelopeEncoders;
import io.deltaforge.core.routing.TemplateRouter;
import io.deltaforge.server.config.finding.Place;
import io.deltaforge.server.config.finding.Problems;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lets plugins check what a spec cannot say: each is made once and closed again. Making one does no I/O by contract. What
 * plugins are offered while they only check is here too.
 */
public final class DryRun {

    private static final Pattern TEMPLATE_PART = Pattern.compile("\\$\\{([^}]*)}");

    private final BoundSettings settings;
    private final Problems problems;

    DryRun(BoundSettings settings, Problems problems) {
        this.settings = settings;
        this.problems = problems;
    }

    void make(Supplier<? extends AutoCloseable> factory) {
        try (AutoCloseable made = factory.get()) {
            if (made == null) {
                refused("the plugin made nothing");
            }
        } catch (ConfigException e) {
            e.problems().forEach(this::add);
        } catch (Exception e) {
            refused("the plugin cannot be made from these settings: " + e);
        }
    }

    private void refused(String message) {
        problems.error("PLUGIN_FAILED", settings.place(), settings.path(), message)
                .fix("this is a fault of the plugin: tell its author");
    }

    private void add(Problem problem) {
        String path = qualified(problem);
        problems.error(problem.code(), place(path, problem.message()), path, problem.message())
                .suggestion(problem.suggestion());
    }

    /** A plugin may name a setting by its key alone, or not know which one a template came from. */
    private String qualified(Problem problem) {
        if (problem.path().startsWith(settings.path())) {
            return problem.path();
        }
        List<ConfigField> fields = settings.spec().fields();
        String key = problem.path().split("[.\\[]", 2)[0];
        if (fields.stream().anyMatch(field -> field.name().equals(key))) {
            return settings.path() + "." + problem.path();
        }
        return fields.stream()
                .filter(field -> field.type() == Type.STRING)
                .filter(field -> settings.optionalString(field.name())
                        .filter(text -> problem.message().contains("'" + text + "'"))
                        .isPresent())
                .findFirst()
                .map(field -> settings.path(field.name()))
                .orElse(settings.path());
    }

    /** Points at the part of a template that the message names. */
    private Place place(String path, String message) {
        Place place = settings.placeOf(path);
        Matcher part = TEMPLATE_PART.matcher(place.text());
        while (part.find()) {
            if (message.contains("'" + part.group(1).strip() + "'")) {
                return place.narrowedTo(part.group());
            }
        }
        return place;
    }

    /**
     * What a source would be given.
     *
     * @param pipeline the pipeline's name
     * @param source the source's id
     */
    public record ForSource(String pipeline, String source) implements SourceContext {
        @Override
        public MetricScope metrics() {
            return MetricScope.none();
        }

        @Override
        public StateStore state() {
            return new StateStore() {
                @Override
                public Optional<byte[]> get(String name) {
                    return Optional.empty();
                }

                @Override
                public void put(String name, byte[] value) {
                    throw new IllegalStateException("a source stores nothing before it is opened");
                }
            };
        }
    }

    /**
     * What a sink would be given.
     *
     * @param pipeline the pipeline's name
     * @param sink the sink's id
     * @param envelope the shape of the events
     */
    public record ForSink(String pipeline, String sink, Envelope envelope) implements SinkContext {
        @Override
        public EventEncoder encoder() {
            return EnvelopeEncoders.create(envelope, pipeline);
        }

        @Override
        public EventRouter router(String template) {
            return TemplateRouter.compile(template, pipeline);
        }

        @Override
        public MetricScope metrics() {
            return MetricScope.none();
        }

        @Override
        public DeadLetters deadLetters() {
            return (event, failure) -> {
                throw new IllegalStateException("a sink delivers nothing before it is opened");
            };
        }
    }
}
