package io.deltaforge.testkit.fake;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.sink.SinkFactory;
import io.deltaforge.testkit.event.Events;
import io.deltaforge.testkit.event.TransactionBuilder;
import io.deltaforge.testkit.sink.SinkCapability;
import io.deltaforge.testkit.sink.SinkConformanceTest;
import io.deltaforge.testkit.sink.StoredEvent;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

public class MemorySinkTest extends SinkConformanceTest {

    private static final long POISON = -666;

    private final MemoryTarget target = MemorySink.target("conformance");

    @Override
    protected void reset() {
        target.clear();
        target.reject(event ->
                event.identity().filter(row -> row.value(0).equals(POISON)).isPresent());
    }

    @Override
    protected SinkFactory factory() {
        return new MemorySink();
    }

    @Override
    protected Map<String, Object> settings() {
        return Map.of("target", "conformance", "password", "correct-horse");
    }

    @Override
    protected List<StoredEvent> stored() {
        return target.stored().stream()
                .map(event -> new StoredEvent(event.id(), event.json().getBytes(StandardCharsets.UTF_8)))
                .toList();
    }

    @Override
    protected Set<SinkCapability> capabilities() {
        return EnumSet.complementOf(EnumSet.of(SinkCapability.STORES_POSITION));
    }

    @Override
    protected void breakTarget() {
        target.fail(new DeliveryException(ErrorKind.RETRIABLE, "DOWN", "the target is down", null));
    }

    @Override
    protected void mendTarget() {
        target.mend();
    }

    @Override
    protected void addRejected(TransactionBuilder transaction) {
        transaction.create(Events.ORDERS, POISON, "poison");
    }
}
