package io.deltaforge.testkit.mutant;

import io.deltaforge.api.checkpoint.CheckpointStore;
import io.deltaforge.api.checkpoint.CheckpointStoreFactory;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.Settings;
import io.deltaforge.api.processor.Processor;
import io.deltaforge.api.processor.ProcessorFactory;
import io.deltaforge.api.sink.Sink;
import io.deltaforge.api.sink.SinkContext;
import io.deltaforge.api.sink.SinkFactory;
import io.deltaforge.api.source.Source;
import io.deltaforge.api.source.SourceContext;
import io.deltaforge.api.source.SourceFactory;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** Factories that describe themselves as another one does, and wrap what it makes. */
final class Wrapped {

    private Wrapped() {}

    /** Breaks a sink that was made with these settings. */
    @FunctionalInterface
    interface SinkBreaker {
        Sink wrap(Sink sink, Settings settings);
    }

    static SinkFactory sinks(SinkFactory original, SinkBreaker breaker) {
        return new SinkFactory() {
            @Override
            public String type() {
                return original.type();
            }

            @Override
            public ConfigSpec config() {
                return original.config();
            }

            @Override
            public Sink create(Settings settings, SinkContext context) {
                return breaker.wrap(original.create(settings, context), settings);
            }
        };
    }

    static SourceFactory sources(SourceFactory original, UnaryOperator<Source> breaker) {
        return new SourceFactory() {
            @Override
            public String type() {
                return original.type();
            }

            @Override
            public ConfigSpec config() {
                return original.config();
            }

            @Override
            public Source create(Settings settings, SourceContext context) {
                return breaker.apply(original.create(settings, context));
            }
        };
    }

    static ProcessorFactory processors(ProcessorFactory original, UnaryOperator<Processor> breaker) {
        return new ProcessorFactory() {
            @Override
            public String type() {
                return original.type();
            }

            @Override
            public ConfigSpec config() {
                return original.config();
            }

            @Override
            public Processor create(Settings settings) {
                return breaker.apply(original.create(settings));
            }
        };
    }

    static CheckpointStoreFactory stores(CheckpointStoreFactory original, UnaryOperator<CheckpointStore> breaker) {
        return new CheckpointStoreFactory() {
            @Override
            public String type() {
                return original.type();
            }

            @Override
            public ConfigSpec config() {
                return original.config();
            }

            @Override
            public CheckpointStore create(Settings settings, Path dataDirectory) {
                return breaker.apply(original.create(settings, dataDirectory));
            }
        };
    }
}
