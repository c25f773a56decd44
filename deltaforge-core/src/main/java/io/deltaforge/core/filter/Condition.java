package io.deltaforge.core.filter;

import io.deltaforge.api.config.Settings;
import io.deltaforge.api.error.ConfigException;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.Column;
import io.deltaforge.api.event.Operation;
import io.deltaforge.api.event.Row;
import io.deltaforge.api.event.RowValues;
import java.math.BigDecimal;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** A test of one column's value, on the row after the change, for deletes on the row before it. */
final class Condition {

    static final List<String> OPERATORS = List.of(
            "eq",
            "ne",
            "exists",
            "not_exists",
            "gt",
            "gte",
            "lt",
            "lte",
            "in",
            "not_in",
            "contains",
            "changed",
            "regex");

    private enum Side {
        CURRENT,
        BEFORE,
        AFTER
    }

    private final Side side;
    private final String column;
    private final String operator;
    private final List<String> operands;
    private final Pattern regex;

    Condition(Settings settings) {
        String path = settings.string("path");
        this.side = path.startsWith("before.") ? Side.BEFORE : path.startsWith("after.") ? Side.AFTER : Side.CURRENT;
        this.column = side == Side.CURRENT ? path : path.substring(path.indexOf('.') + 1);
        this.operator = settings.string("op");
        this.operands = settings.strings("value");
        boolean takesMany = operator.equals("in") || operator.equals("not_in");
        boolean takesNone = List.of("exists", "not_exists", "changed").contains(operator);
        if (takesNone != operands.isEmpty() || (operands.size() > 1 && !takesMany)) {
            throw new ConfigException(
                    settings.path("value"),
                    "'" + operator + "' takes " + (takesNone ? "no value" : takesMany ? "a list" : "one value")
                            + ", got " + operands.size());
        }
        this.regex = operator.equals("regex") ? compile(settings) : null;
    }

    private Pattern compile(Settings settings) {
        try {
            return Pattern.compile(operands.get(0));
        } catch (PatternSyntaxException e) {
            throw new ConfigException(settings.path("value"), "is not a regular expression: " + e.getDescription());
        }
    }

    boolean holds(ChangeEvent event) {
        if (operator.equals("changed")) {
            return changed(event);
        }
        Row row =
                switch (side) {
                    case BEFORE -> event.before();
                    case AFTER -> event.after();
                    case CURRENT -> event.after() != null ? event.after() : event.before();
                };
        Object value = value(row);
        boolean known = value != RowValues.ABSENT && value != RowValues.UNCHANGED;
        return switch (operator) {
            case "exists" -> known && value != null;
            case "not_exists" -> !known || value == null;
            case "ne", "not_in" -> operands.stream().noneMatch(operand -> equal(value, operand));
            case "eq", "in" -> operands.stream().anyMatch(operand -> equal(value, operand));
            default -> known && value != null && compares(value, operands.get(0));
        };
    }

    private boolean compares(Object value, String operand) {
        return switch (operator) {
            case "gt" -> compare(value, operand) > 0;
            case "gte" -> compare(value, operand) >= 0;
            case "lt" -> compare(value, operand) < 0;
            case "lte" -> compare(value, operand) <= 0;
            case "contains" ->
                value instanceof List<?> list
                        ? list.stream().anyMatch(element -> equal(element, operand))
                        : text(value).contains(operand);
            case "regex" -> regex.matcher(text(value)).find();
            default -> throw new IllegalStateException(operator);
        };
    }

    private boolean changed(ChangeEvent event) {
        if (event.operation() != Operation.UPDATE) {
            return true;
        }
        Object after = value(event.after());
        Object before = value(event.before());
        if (after == RowValues.UNCHANGED) {
            return false;
        }
        return before == RowValues.ABSENT || after == RowValues.ABSENT || !Objects.deepEquals(before, after);
    }

    private Object value(Row row) {
        Optional<Column> found = row == null ? Optional.empty() : row.schema().column(column);
        return found.map(known -> row.value(known.index())).orElseGet(() -> absent(row, found));
    }

    /** {@link Optional#map} turns SQL NULL into nothing, so the two are told apart here. */
    private static Object absent(Row row, Optional<Column> found) {
        return (row == null || found.isEmpty()) ? RowValues.ABSENT : null;
    }

    private static boolean equal(Object value, String operand) {
        if (value == null || value == RowValues.ABSENT || value == RowValues.UNCHANGED) {
            return false;
        }
        boolean numbers = number(value).isPresent() && number(operand).isPresent();
        return numbers ? compare(value, operand) == 0 : text(value).equals(operand);
    }

    private static int compare(Object value, String operand) {
        Optional<BigDecimal> left = number(value);
        Optional<BigDecimal> right = number(operand);
        boolean numbers = left.isPresent() && right.isPresent();
        return numbers ? left.get().compareTo(right.get()) : text(value).compareTo(operand);
    }

    private static Optional<BigDecimal> number(Object value) {
        if (value instanceof BigDecimal decimal) {
            return Optional.of(decimal);
        }
        if (!(value instanceof Number) && !(value instanceof String)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new BigDecimal(value.toString()));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static String text(Object value) {
        return value instanceof RowValues.Json json ? json.text() : value.toString();
    }
}
