package io.deltaforge.testkit.fake;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.config.ConfigField;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.Settings;
import io.deltaforge.api.sink.Sink;
import io.deltaforge.api.sink.SinkContext;
import io.deltaforge.api.sink.SinkFactory;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * A sink that keeps events in a {@link MemoryTarget}, which outlives it: found by the setting {@code target}. The target
 * decides whether deliveries fail or stall.
 */
public final class MemorySink implements SinkFactory {

    private static final ConcurrentMap<String, MemoryTarget> TARGETS = new ConcurrentHashMap<>();

    /** Makes a factory, as the service loader does. */
    public MemorySink() {}

    /**
     * Returns the target of a name, a new one the first time.
     *
     * @param name the value of the setting {@code target}
     * @return the target
     */
    public static MemoryTarget target(String name) {
        return TARGETS.computeIfAbsent(requireNonNull(name, "name is null"), any -> new MemoryTarget());
    }

    /**
     * Returns settings for a target.
     *
     * @param name its name
     * @return values by key
     */
    public static Map<String, Object> settings(String name) {
        return Map.of("target", name);
    }

    @Override
    public String type() {
        return "memory";
    }

    @Override
    public ConfigSpec config() {
        return ConfigSpec.of(
                "Keeps events in memory, for tests.",
                ConfigField.text("target", "Name of the target, shared in the JVM.")
                        .withRequired(),
                ConfigField.secret("password", "Is asked for by nobody."));
    }

    @Override
    public Sink create(Settings settings, SinkContext context) {
        return new MemoryWriter(target(settings.string("target")), context);
    }
}
