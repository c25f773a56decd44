package io.deltaforge.testkit.fake;

import io.deltaforge.api.sink.SinkFactory;
import io.deltaforge.testkit.sink.SinkCapability;
import io.deltaforge.testkit.sink.SinkConformanceTest;
import io.deltaforge.testkit.sink.StoredEvent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;

public class FencedSinkTest extends SinkConformanceTest {

    private final FencedSink fenced = new FencedSink();

    @Override
    protected void reset() {
        fenced.clear();
    }

    @Override
    protected SinkFactory factory() {
        return fenced;
    }

    @Override
    protected Map<String, Object> settings() {
        return Map.of();
    }

    @Override
    protected List<StoredEvent> stored() {
        return fenced.target().stored().stream()
                .map(stored -> StoredEvent.ofJson(stored.json().getBytes(StandardCharsets.UTF_8)))
                .toList();
    }

    @Override
    protected Set<SinkCapability> capabilities() {
        return Set.of(SinkCapability.TOTAL_ORDER, SinkCapability.TRUNCATE, SinkCapability.STORES_POSITION);
    }
}
