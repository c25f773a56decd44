package io.deltaforge.testkit.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.processor.ProcessorFactory;
import io.deltaforge.testkit.event.Events;
import io.deltaforge.testkit.processor.ProcessorConformanceTest;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MaskProcessorTest extends ProcessorConformanceTest {

    @Override
    protected ProcessorFactory factory() {
        return new MaskProcessorFactory();
    }

    @Override
    protected Map<String, Object> settings() {
        return Map.of("columns", List.of("note"));
    }

    @Test
    void shouldMaskTheNamedColumnAndNothingElse() {
        List<ChangeEvent> events = Events.transaction(1)
                .create(Events.ORDERS, 7L, "tea")
                .create(Events.ORDERS, 8L, null)
                .events();
        List<ChangeEvent> masked = new MaskProcessor(Set.of("note")).process(events);
        assertThat(masked.get(0).after().value(0)).isEqualTo(7L);
        assertThat(masked.get(0).after().value(1)).isEqualTo("***");
        assertThat(masked.get(1)).isSameAs(events.get(1));
    }
}
