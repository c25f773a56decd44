package io.deltaforge.core.routing;

import io.deltaforge.api.config.NearestName;
import io.deltaforge.api.encode.EventRouter;
import io.deltaforge.api.error.ConfigException;
import io.deltaforge.api.error.ConfigException.Problem;
import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.Column;
import io.deltaforge.api.event.Row;
import io.deltaforge.api.event.RowValues;
import io.deltaforge.api.event.TableSchema;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;

/**
 * Fills templates such as {@code shop.${source.table}} in. A template that names nothing of the row is filled in once per
 * table. Fields: {@code source.db}, {@code source.schema}, {@code source.table}, {@code source.connector},
 * {@code source.name} (the pipeline), {@code op}, {@code before.COLUMN} and {@code after.COLUMN}. Not thread-safe.
 */
public final class TemplateRouter implements EventRouter {

    private static final int MAX_TABLES = 4_096;
    private static final List<String> FIELDS =
            List.of("source.db", "source.schema", "source.table", "source.connector", "source.name", "op");

    /** A stretch of text, or a field. */
    private interface Part {
        String of(ChangeEvent event);
    }

    private final String template;
    private final List<Part> parts;
    private final boolean isStatic;
    private final boolean perTable;
    private final IdentityHashMap<TableSchema, String> byTable = new IdentityHashMap<>();
    private TableSchema lastTable;
    private String last;

    private TemplateRouter(String template, List<Part> parts, boolean isStatic, boolean perTable) {
        this.template = template;
        this.parts = parts;
        this.isStatic = isStatic;
        this.perTable = perTable;
        this.last = isStatic ? template : null;
    }

    /**
     * Compiles a template.
     *
     * @param template text with {@code ${field}} parts
     * @param pipeline the pipeline's name, for {@code source.name}
     * @return a router, for one thread at a time
     * @throws ConfigException when a field is unknown or a brace is missing
     */
    public static EventRouter compile(String template, String pipeline) {
        List<Part> parts = new ArrayList<>();
        boolean isStatic = true;
        boolean perTable = true;
        int at = 0;
        while (at < template.length()) {
            int open = template.indexOf("${", at);
            if (open < 0) {
                parts.add(text(template.substring(at)));
                break;
            }
            int close = template.indexOf('}', open);
            if (close < 0) {
                throw new ConfigException("template", "'" + template + "' has ${ without a closing brace");
            }
            if (open > at) {
                parts.add(text(template.substring(at, open)));
            }
            String field = template.substring(open + 2, close).trim();
            parts.add(field(field, template, pipeline));
            isStatic = false;
            perTable &= field.startsWith("source.");
            at = close + 1;
        }
        if (template.isEmpty()) {
            throw new ConfigException("template", "is empty");
        }
        return new TemplateRouter(template, parts, isStatic, perTable);
    }

    private static Part text(String text) {
        return event -> text;
    }

    private static Part field(String field, String template, String pipeline) {
        if (field.startsWith("before.") || field.startsWith("after.")) {
            boolean before = field.startsWith("before.");
            String column = field.substring(field.indexOf('.') + 1);
            return event -> value(before ? event.before() : event.after(), column);
        }
        return switch (field) {
            case "source.db" -> event -> event.table().database();
            case "source.schema" -> event -> event.table().schema().orElse(null);
            case "source.table" -> event -> event.table().table();
            case "source.connector" -> event -> event.transaction().connector();
            case "source.name" -> event -> pipeline;
            case "op" -> event -> event.operation().code();
            default -> throw unknown(field, template);
        };
    }

    private static ConfigException unknown(String field, String template) {
        Optional<String> near = NearestName.of(field, FIELDS);
        return new ConfigException(List.of(new Problem(
                "template",
                "UNKNOWN_FIELD",
                "'" + template + "' names the unknown field '" + field + "'; known are " + String.join(", ", FIELDS)
                        + ", before.COLUMN and after.COLUMN",
                near.map(name -> "${" + name + "}"))));
    }

    private static String value(Row row, String name) {
        Optional<Column> column = row == null ? Optional.empty() : row.schema().column(name);
        if (column.isEmpty()) {
            return null;
        }
        Object value = row.value(column.get().index());
        return value == null || value == RowValues.ABSENT || value == RowValues.UNCHANGED ? null : value.toString();
    }

    @Override
    public String route(ChangeEvent event) {
        if (isStatic) {
            return last;
        }
        if (!perTable) {
            return fill(event);
        }
        if (event.table() != lastTable) {
            if (byTable.size() >= MAX_TABLES) {
                byTable.clear();
            }
            last = byTable.computeIfAbsent(event.table(), table -> fill(event));
            lastTable = event.table();
        }
        return last;
    }

    private String fill(ChangeEvent event) {
        StringBuilder filled = new StringBuilder();
        for (Part part : parts) {
            String text = part.of(event);
            if (text == null) {
                throw new DeliveryException(
                        ErrorKind.RECORD, "ROUTE", "'" + template + "' names a field that " + event + " lacks", null);
            }
            filled.append(text);
        }
        return filled.toString();
    }

    @Override
    public boolean isStatic() {
        return isStatic;
    }
}
