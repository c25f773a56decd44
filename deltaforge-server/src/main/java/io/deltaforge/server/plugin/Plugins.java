package io.deltaforge.server.plugin;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.checkpoint.CheckpointStoreFactory;
import io.deltaforge.api.processor.ProcessorFactory;
import io.deltaforge.api.sink.SinkFactory;
import io.deltaforge.api.source.SourceFactory;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The plugins of this process by their type names. Immutable.
 *
 * @param sources what {@code source.type} may name
 * @param processors what {@code processors[].type} may name
 * @param sinks what {@code sinks[].type} may name
 * @param stores what {@code checkpoint.type} may name
 */
public record Plugins(
        Map<String, SourceFactory> sources,
        Map<String, ProcessorFactory> processors,
        Map<String, SinkFactory> sinks,
        Map<String, CheckpointStoreFactory> stores) {

    /** Copies the maps. */
    public Plugins {
        sources = Map.copyOf(requireNonNull(sources, "sources is null"));
        processors = Map.copyOf(requireNonNull(processors, "processors is null"));
        sinks = Map.copyOf(requireNonNull(sinks, "sinks is null"));
        stores = Map.copyOf(requireNonNull(stores, "stores is null"));
    }

    /**
     * Finds the plugins that the class path registers as services.
     *
     * @return the plugins
     * @throws PluginException when a registered plugin cannot be loaded, or two have one type name
     */
    public static Plugins onClassPath() {
        return new Plugins(
                load(SourceFactory.class, SourceFactory::type),
                load(ProcessorFactory.class, ProcessorFactory::type),
                load(SinkFactory.class, SinkFactory::type),
                load(CheckpointStoreFactory.class, CheckpointStoreFactory::type));
    }

    private static <T> Map<String, T> load(Class<T> service, Function<T, String> type) {
        Map<String, T> byType = new TreeMap<>();
        try {
            for (T factory : ServiceLoader.load(service)) {
                T other = byType.putIfAbsent(type.apply(factory), factory);
                if (other != null) {
                    throw new PluginException("two plugins have the type '" + type.apply(factory) + "': "
                            + other.getClass().getName() + " and "
                            + factory.getClass().getName() + "; remove one of them from the class path");
                }
            }
        } catch (ServiceConfigurationError e) {
            throw new PluginException("a plugin cannot be loaded: " + e.getMessage(), e);
        }
        return byType;
    }
}
