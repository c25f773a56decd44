package io.deltaforge.server.config;

import io.deltaforge.api.checkpoint.StateStore;
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
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Lets plugins check what a spec cannot say: each is made once and closed again. Making one does no I/O by contract.
 */
final class DryRun {

    private final String path;
    private final BoundSettings settings;
    private final Problems problems;

    DryRun(String path, BoundSettings settings, Problems problems) {
        this.path = path;
        this.settings = settings;
        this.problems = problems;
    }

    void make(Supplier<? extends AutoCloseable> factory) {
        try (AutoCloseable made = factory.get()) {
            if (made == null) {
                problems.add(path, "the plugin made nothing");
            }
        } catch (ConfigException e) {
            e.problems().forEach(problem -> problems.add(qualified(problem), problem.message()));
        } catch (Exception e) {
            problems.add(path, "the plugin cannot be made from these settings: " + e);
        }
    }

    /** A plugin may name a setting by its key alone, or something that is no setting, such as a template. */
    private String qualified(Problem problem) {
        if (problem.path().startsWith(path)) {
            return problem.path();
        }
        return settings.has(problem.path().split("[.\\[]", 2)[0]) ? path + "." + problem.path() : path;
    }

    /** What a source would be given. */
    record ForSource(String pipeline) implements SourceContext {
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

    /** What a sink would be given. */
    record ForSink(String pipeline, String sink, Envelope envelope) implements SinkContext {
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
