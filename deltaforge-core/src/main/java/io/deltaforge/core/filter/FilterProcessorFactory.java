package io.deltaforge.core.filter;

import io.deltaforge.api.config.ConfigField;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.Settings;
import io.deltaforge.api.event.Operation;
import io.deltaforge.api.processor.Processor;
import io.deltaforge.api.processor.ProcessorFactory;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Makes the processor {@code filter}. */
public final class FilterProcessorFactory implements ProcessorFactory {

    private static final List<String> OPERATIONS = List.of("create", "update", "delete", "read", "truncate");

    private static final ConfigSpec TABLES = ConfigSpec.of(
            "Which tables pass; patterns take % and * anywhere.",
            ConfigField.texts("include", "Only these; empty means all.").withExample("[\"public.%\"]"),
            ConfigField.texts("exclude", "All but these.").withExample("[public.audit]"));

    private static final ConfigSpec FIELD = ConfigSpec.of(
            "Tests of one column each, on the row after the change, for deletes on the row before it.",
            ConfigField.text("path", "The column, or before.COLUMN or after.COLUMN.")
                    .withRequired()
                    .withExample("status"),
            ConfigField.choice("op", Condition.OPERATORS, "How it is compared; numbers as numbers.")
                    .withDefault("eq"),
            ConfigField.texts("value", "What it is compared with; a list for in and not_in.")
                    .withExample("PAID"));

    private static final ConfigSpec SPEC = ConfigSpec.of(
                    "Lets events through by operation, table and column values.",
                    ConfigField.texts("ops", "The operations that pass; empty means all.")
                            .withAllowed(OPERATIONS)
                            .withExample("[create, update]"),
                    ConfigField.section("tables", TABLES),
                    ConfigField.sections("fields", FIELD),
                    ConfigField.choice("match", List.of("all", "any"), "Whether all fields must hold, or any one.")
                            .withDefault("all"))
            .withSince("0.1.0");

    @Override
    public String type() {
        return "filter";
    }

    @Override
    public ConfigSpec config() {
        return SPEC;
    }

    @Override
    public Processor create(Settings settings) {
        Optional<Settings> tables = settings.section("tables");
        return new FilterProcessor(
                operations(settings),
                patterns(tables, "include"),
                patterns(tables, "exclude"),
                settings.sections("fields").stream().map(Condition::new).toList(),
                settings.string("match").equals("all"));
    }

    private static Set<Operation> operations(Settings settings) {
        Set<Operation> operations = EnumSet.noneOf(Operation.class);
        for (String name : settings.strings("ops")) {
            operations.add(Operation.valueOf(name.toUpperCase(Locale.ROOT)));
        }
        return operations;
    }

    private static List<TablePattern> patterns(Optional<Settings> tables, String name) {
        return tables.map(section -> section.strings(name)).orElse(List.of()).stream()
                .map(TablePattern::new)
                .toList();
    }
}
