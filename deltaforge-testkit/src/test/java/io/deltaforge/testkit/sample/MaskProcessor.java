package io.deltaforge.testkit.sample;

import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.Column;
import io.deltaforge.api.event.LogicalType;
import io.deltaforge.api.event.Row;
import io.deltaforge.api.processor.Processor;
import java.util.List;
import java.util.Set;

final class MaskProcessor implements Processor {

    private static final String MASK = "***";

    private final Set<String> columns;

    MaskProcessor(Set<String> columns) {
        this.columns = columns;
    }

    @Override
    public List<ChangeEvent> process(List<ChangeEvent> events) {
        return events.stream().map(this::masked).toList();
    }

    private ChangeEvent masked(ChangeEvent event) {
        Row before = masked(event.before());
        Row after = masked(event.after());
        return before == event.before() && after == event.after() ? event : event.withRows(before, after);
    }

    private Row masked(Row row) {
        if (row == null) {
            return null;
        }
        Row masked = row;
        List<Column> all = row.schema().columns();
        for (int i = 0; i < all.size(); i++) {
            boolean named = columns.contains(all.get(i).name()) && all.get(i).type() == LogicalType.TEXT;
            if (named && row.contains(i) && row.value(i) instanceof String) {
                masked = masked.with(i, MASK);
            }
        }
        return masked;
    }
}
