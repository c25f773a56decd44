package io.deltaforge.core.filter;

import io.deltaforge.api.config.ConfigField;
import io.deltaforge.api.config.ConfigField.Type;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.Settings;
import io.deltaforge.api.error.ConfigException;
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

    private static final ConfigSpec TABLES = ConfigSpec.of(
            "Which tables pass; patterns take % and * anywhere.",
            ConfigField.optional("include", Type.STRING_LIST, null, "Only these; empty means all."),
            ConfigField.optional("exclude", Type.STRING_LIST, null, "All but these."));

    private static final ConfigSpec FIELD = ConfigSpec.of(
            "A test of one column, on the row after the change, for deletes on the row before it.",
            ConfigField.required("path", Type.STRING, "The column, or before.COLUMN or after.COLUMN."),
            ConfigField.choice("op", "eq", Condition.OPERATORS, "How it is compared; numbers as numbers."),
            ConfigField.optional(
                    "value", Type.STRING_LIST, null, "What it is compared with; a list for in and not_in."));

    @Override
    public String type() {
        return "filter";
    }

    @Override
    public ConfigSpec config() {
        return ConfigSpec.of(
                "Lets events through by operation, table and column values.",
                ConfigField.optional(
                        "ops", Type.STRING_LIST, null, "Of create, update, delete, read, truncate; empty means all."),
                ConfigField.optional("tables", Type.SECTION, null, TABLES.doc()),
                ConfigField.optional("fields", Type.SECTION_LIST, null, FIELD.doc()),
                ConfigField.choice("match", "all", List.of("all", "any"), "Whether all fields must hold, or any one."));
    }

    @Override
    public Processor create(Settings settings) {
        Optional<Settings> tables = settings.section("tables", TABLES);
        return new FilterProcessor(
                operations(settings),
                patterns(tables, "include"),
                patterns(tables, "exclude"),
                settings.sections("fields", FIELD).stream().map(Condition::new).toList(),
                settings.string("match").equals("all"));
    }

    private static Set<Operation> operations(Settings settings) {
        Set<Operation> operations = EnumSet.noneOf(Operation.class);
        for (String name : settings.strings("ops")) {
            try {
                operations.add(Operation.valueOf(name.toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                throw new ConfigException(
                        settings.path("ops"),
                        "'" + name + "' is not an operation; known are create, update, delete, read, truncate");
            }
        }
        return operations;
    }

    private static List<TablePattern> patterns(Optional<Settings> tables, String name) {
        return tables.map(section -> section.strings(name)).orElse(List.of()).stream()
                .map(TablePattern::new)
                .toList();
    }
}
