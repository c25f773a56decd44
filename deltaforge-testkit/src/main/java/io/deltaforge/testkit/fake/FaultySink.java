package io.deltaforge.testkit.fake;

import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.Settings;
import io.deltaforge.api.sink.Sink;
import io.deltaforge.api.sink.SinkContext;
import io.deltaforge.api.sink.SinkFactory;

/** What the sinks named for their behaviour share: a target of their own, which a test can look at and act on. */
abstract class FaultySink implements SinkFactory {

    private final MemoryTarget target = new MemoryTarget();
    private final String type;
    private final String doc;

    FaultySink(String type, String doc) {
        this.type = type;
        this.doc = doc;
    }

    /**
     * Returns what this factory's sinks write to.
     *
     * @return the target, the same each time
     */
    public final MemoryTarget target() {
        return target;
    }

    @Override
    public final String type() {
        return type;
    }

    @Override
    public final ConfigSpec config() {
        return ConfigSpec.of(doc);
    }

    @Override
    public Sink create(Settings settings, SinkContext context) {
        return new MemoryWriter(target, context);
    }
}
