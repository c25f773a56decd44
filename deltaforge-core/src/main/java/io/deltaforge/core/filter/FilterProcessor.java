package io.deltaforge.core.filter;

import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.Operation;
import io.deltaforge.api.event.TableSchema;
import io.deltaforge.api.processor.Processor;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** Lets those events through that pass every kind of test it was given. */
final class FilterProcessor implements Processor {

    private static final int MAX_TABLES = 4_096;

    private final Set<Operation> operations;
    private final List<TablePattern> include;
    private final List<TablePattern> exclude;
    private final List<Condition> conditions;
    private final boolean matchAll;
    private final IdentityHashMap<TableSchema, Boolean> tables = new IdentityHashMap<>();

    FilterProcessor(
            Set<Operation> operations,
            List<TablePattern> include,
            List<TablePattern> exclude,
            List<Condition> conditions,
            boolean matchAll) {
        this.operations = operations;
        this.include = include;
        this.exclude = exclude;
        this.conditions = conditions;
        this.matchAll = matchAll;
    }

    @Override
    public List<ChangeEvent> process(List<ChangeEvent> events) {
        List<ChangeEvent> passed = new ArrayList<>(events.size());
        for (ChangeEvent event : events) {
            if (passes(event)) {
                passed.add(event);
            }
        }
        return passed.size() == events.size() ? events : passed;
    }

    private boolean passes(ChangeEvent event) {
        return (operations.isEmpty() || operations.contains(event.operation()))
                && passes(event.table())
                && (conditions.isEmpty()
                        || (matchAll
                                ? conditions.stream().allMatch(condition -> condition.holds(event))
                                : conditions.stream().anyMatch(condition -> condition.holds(event))));
    }

    private boolean passes(TableSchema table) {
        if (tables.size() >= MAX_TABLES) {
            tables.clear();
        }
        return tables.computeIfAbsent(
                table,
                one -> (include.isEmpty() || include.stream().anyMatch(pattern -> pattern.matches(one)))
                        && exclude.stream().noneMatch(pattern -> pattern.matches(one)));
    }
}
