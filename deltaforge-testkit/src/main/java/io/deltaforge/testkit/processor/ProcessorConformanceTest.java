package io.deltaforge.testkit.processor;

import static io.deltaforge.testkit.event.Events.CUSTOMERS;
import static io.deltaforge.testkit.event.Events.ORDERS;
import static org.assertj.core.api.Assertions.assertThat;

import io.deltaforge.api.encode.EventEncoder;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.EventId;
import io.deltaforge.api.event.RowValues;
import io.deltaforge.api.processor.Processor;
import io.deltaforge.api.processor.ProcessorFactory;
import io.deltaforge.core.envelope.Envelope;
import io.deltaforge.core.envelope.EnvelopeEncoders;
import io.deltaforge.testkit.check.FactoryRules;
import io.deltaforge.testkit.check.Witness;
import io.deltaforge.testkit.context.TestSettings;
import io.deltaforge.testkit.event.Events;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every processor must do. Extend it, say how to make the processor, and run it. The class must be registered for
 * {@link java.util.ServiceLoader}. After a crash the same events come again, cut into other batches: the answer may depend
 * on nothing but the events.
 */
public abstract class ProcessorConformanceTest {

    private final long seed = Long.getLong("deltaforge.seed", new Random().nextLong());
    private final EventEncoder encoder = EnvelopeEncoders.create(Envelope.NATIVE, "conformance");
    private final List<Processor> processors = new ArrayList<>();
    private Witness witness;

    /**
     * Returns the factory under test.
     *
     * @return the factory
     */
    protected abstract ProcessorFactory factory();

    /**
     * Returns settings that work.
     *
     * @return values by key; none by default
     */
    protected Map<String, Object> settings() {
        return Map.of();
    }

    /**
     * Returns settings that the factory must refuse although each fits the spec by itself.
     *
     * @return by the key that the error must name, whole settings; none by default
     */
    protected Map<String, Map<String, Object>> wrongSettings() {
        return Map.of();
    }

    /**
     * Returns events to process, for processors that need others than changes of two tables {@code (id, note)}.
     *
     * @return events in log order
     */
    protected List<ChangeEvent> events() {
        List<ChangeEvent> events = new ArrayList<>();
        for (long number = 1; number <= 20; number++) {
            events.addAll(Events.transaction(number)
                    .create(ORDERS, number, "new " + number)
                    .update(CUSTOMERS, number % 4, RowValues.UNCHANGED)
                    .update(ORDERS, number % 3, null)
                    .delete(ORDERS, number, RowValues.ABSENT)
                    .read(CUSTOMERS, -number, "")
                    .truncate(number % 2 == 0 ? ORDERS : CUSTOMERS)
                    .events());
        }
        return events;
    }

    /**
     * Returns how long a close may take.
     *
     * @return 30 seconds by default
     */
    protected Duration limit() {
        return Duration.ofSeconds(30);
    }

    @BeforeEach
    final void watch() {
        System.out.println(getClass().getSimpleName() + ": -Ddeltaforge.seed=" + seed);
        witness = new Witness(limit());
    }

    @AfterEach
    final void closeAllProcessors() {
        processors.forEach(Processor::close);
        witness.close();
    }

    private Processor newProcessor() {
        Processor processor = factory().create(TestSettings.of(factory().config(), settings()));
        processors.add(processor);
        return processor;
    }

    private List<String> texts(List<ChangeEvent> events) {
        return events.stream()
                .map(event -> event + " " + EventId.of(event) + " " + event.position() + " "
                        + new String(encoder.value(event), StandardCharsets.UTF_8))
                .toList();
    }

    @Test
    void shouldDescribeItselfAndEverySetting() {
        FactoryRules.assertDescribed(factory().type(), factory().config(), Set.of("id", "type"));
    }

    @Test
    void shouldBeFoundByTheServiceLoader() {
        FactoryRules.assertRegistered(ProcessorFactory.class, factory());
    }

    @Test
    void shouldNameTheKeyOfAWrongSetting() {
        FactoryRules.assertNamesTheWrongKey(factory().config(), settings(), wrongSettings(), wrong -> factory()
                .create(wrong));
    }

    @Test
    void shouldGiveTheSameAnswerForTheSameEvents() {
        Processor processor = newProcessor();
        List<String> first = texts(processor.process(events()));
        assertThat(texts(processor.process(events())))
                .as("the same processor again")
                .isEqualTo(first);
        assertThat(texts(newProcessor().process(events())))
                .as("a new processor")
                .isEqualTo(first);
    }

    @Test
    void shouldGiveTheSameAnswerHoweverEventsAreCutIntoBatches() {
        List<ChangeEvent> events = events();
        List<String> whole = texts(newProcessor().process(events));
        Random random = new Random(seed);
        for (int round = 0; round < 10; round++) {
            Processor processor = newProcessor();
            List<String> parts = new ArrayList<>();
            for (int from = 0; from < events.size(); ) {
                int to = Math.min(events.size(), from + 1 + random.nextInt(7));
                parts.addAll(texts(processor.process(List.copyOf(events.subList(from, to)))));
                from = to;
            }
            assertThat(parts).as("answer to events in batches").isEqualTo(whole);
        }
    }

    @Test
    void shouldKeepOrderPositionsAndIds() {
        List<ChangeEvent> events = events();
        List<ChangeEvent> answer = newProcessor().process(List.copyOf(events));
        int place = 0;
        Set<UUID> ids = new HashSet<>();
        for (ChangeEvent event : answer) {
            while (place < events.size() && !comesFrom(event, events.get(place))) {
                place++;
            }
            assertThat(place).as("place of what %s comes from", event).isLessThan(events.size());
            assertThat(event.position())
                    .as("position of %s", event)
                    .isEqualTo(events.get(place).position());
            assertThat(ids.add(EventId.of(event)))
                    .as("whether %s has an id of its own", event)
                    .isTrue();
        }
    }

    private static boolean comesFrom(ChangeEvent event, ChangeEvent original) {
        return event.transaction().equals(original.transaction()) && event.ordinal() == original.ordinal();
    }

    @Test
    void shouldAnswerNothingToNothing() {
        assertThat(newProcessor().process(List.of())).isEmpty();
    }

    @Test
    void shouldCloseTwiceAndLeaveNoThreadBehind() {
        Processor processor = newProcessor();
        processor.process(events());
        processor.close();
        processor.close();
        witness.assertNoThreadLeft(thread -> false);
    }
}
