package io.deltaforge.server.plugin;

import io.deltaforge.api.checkpoint.CheckpointStoreFactory;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.processor.ProcessorFactory;
import io.deltaforge.api.sink.SinkFactory;
import io.deltaforge.api.source.SourceFactory;
import java.util.function.Function;

/** The kinds of plugin, each with the interface that it registers as a service. */
public enum PluginKind {
    /** Named by {@code source.type}. */
    SOURCE("source", SourceFactory.class, SourceFactory::type, SourceFactory::config),
    /** Named by {@code processors[].type}. */
    PROCESSOR("processor", ProcessorFactory.class, ProcessorFactory::type, ProcessorFactory::config),
    /** Named by {@code sinks[].type}. */
    SINK("sink", SinkFactory.class, SinkFactory::type, SinkFactory::config),
    /** Named by {@code deltaforge.checkpoint.type}. */
    CHECKPOINT(
            "checkpoint", CheckpointStoreFactory.class, CheckpointStoreFactory::type, CheckpointStoreFactory::config);

    private final String label;
    private final Class<?> service;

    @SuppressWarnings("ImmutableEnumChecker") // A method reference, without state.
    private final Function<Object, String> type;

    @SuppressWarnings("ImmutableEnumChecker") // Likewise.
    private final Function<Object, ConfigSpec> config;

    <F> PluginKind(String label, Class<F> service, Function<F, String> type, Function<F, ConfigSpec> config) {
        this.label = label;
        this.service = service;
        this.type = factory -> type.apply(service.cast(factory));
        this.config = factory -> config.apply(service.cast(factory));
    }

    /**
     * Returns the kind's name for people and command lines.
     *
     * @return a word in small letters
     */
    public String label() {
        return label;
    }

    Class<?> service() {
        return service;
    }

    String typeOf(Object factory) {
        return type.apply(factory);
    }

    ConfigSpec configOf(Object factory) {
        return config.apply(factory);
    }
}
