package io.deltaforge.testkit.processor;

import io.deltaforge.api.processor.ProcessorFactory;
import io.deltaforge.core.filter.FilterProcessorFactory;
import java.util.List;
import java.util.Map;

public class FilterProcessorTest extends ProcessorConformanceTest {

    @Override
    protected ProcessorFactory factory() {
        return new FilterProcessorFactory();
    }

    @Override
    protected Map<String, Object> settings() {
        return Map.of(
                "ops",
                List.of("create", "delete", "read"),
                "fields",
                List.of(Map.of("path", "id", "op", "gte", "value", List.of("2"))));
    }

    @Override
    protected Map<String, Map<String, Object>> wrongSettings() {
        return Map.of("ops", Map.of("ops", List.of("upsert")));
    }
}
