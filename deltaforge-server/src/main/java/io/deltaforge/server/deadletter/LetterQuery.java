package io.deltaforge.server.deadletter;

import io.deltaforge.core.deadletter.LetterFilter;
import io.deltaforge.core.deadletter.LetterFilter.RowFilter;
import io.deltaforge.core.deadletter.Origin;
import io.deltaforge.server.json.JsonText;
import io.deltaforge.server.json.JsonValue;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which dead letters are meant, as requests and command lines say it: {@code ids} (numbers), {@code sink}, {@code code}, {@code
 * table}, {@code key} (a JSON object, or its text), {@code from}, {@code to} (moments in ISO 8601), {@code all} (true).
 */
public final class LetterQuery {

    /** What can be said. */
    public static final List<String> NAMES = List.of("ids", "sink", "code", "table", "key", "from", "to", "all");

    private final Map<String, Object> said;

    /**
     * Takes what was said.
     *
     * @param said values by name, null for what was not said; names that are none of {@link #NAMES} are left out
     */
    public LetterQuery(Map<String, ?> said) {
        this.said = new LinkedHashMap<>();
        for (String name : NAMES) {
            Object value = said.get(name);
            if (value != null && !(value instanceof List<?> list && list.isEmpty()) && !value.equals(false)) {
                this.said.put(name, value);
            }
        }
    }

    /**
     * Returns what was said, for a request.
     *
     * @return the values by name
     */
    public Map<String, Object> said() {
        return new LinkedHashMap<>(said);
    }

    /**
     * Says whether anything was said at all, so that nobody does something to all letters by mistake.
     *
     * @return false when nothing was
     */
    public boolean isSaid() {
        return !said.isEmpty();
    }

    /**
     * Understands what was said.
     *
     * @return the filter
     * @throws IllegalArgumentException naming what cannot be understood, and what was expected
     */
    public LetterFilter filter() {
        return new LetterFilter(
                ids(),
                text("sink").map(Origin::parse),
                text("code"),
                new RowFilter(text("table"), key()),
                moment("from"),
                moment("to"));
    }

    private Set<Long> ids() {
        Object ids = said.get("ids");
        if (ids == null) {
            return Set.of();
        }
        Set<Long> numbers = new LinkedHashSet<>();
        for (Object each : ids instanceof List<?> list ? list : List.of(ids)) {
            try {
                numbers.add(new BigDecimal(each.toString()).longValueExact());
            } catch (NumberFormatException | ArithmeticException e) {
                throw new IllegalArgumentException("ids must be numbers of dead letters, found '" + each + "'", e);
            }
        }
        return numbers;
    }

    private Optional<String> text(String name) {
        Object value = said.get(name);
        if (value != null && !(value instanceof String)) {
            throw new IllegalArgumentException(name + " must be a text, found " + JsonValue.text(value));
        }
        return Optional.ofNullable((String) value);
    }

    /** Keys are compared as compact JSON. */
    private Optional<String> key() {
        Object key = said.get("key");
        try {
            Object object = key instanceof String text ? JsonText.read(text) : key;
            if (object == null) {
                return Optional.empty();
            }
            if (object instanceof Map<?, ?>) {
                return Optional.of(JsonValue.text(object));
            }
        } catch (IOException e) {
            // Said below.
        }
        throw new IllegalArgumentException(
                "key must be a JSON object of the key's columns, as {\"id\":1}, found " + JsonValue.text(key));
    }

    private Optional<Instant> moment(String name) {
        Optional<String> text = text(name);
        try {
            return text.map(Instant::parse);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    name + " must be a moment as 2026-01-31T23:59:59Z, found '" + text.orElse("") + "'", e);
        }
    }
}
