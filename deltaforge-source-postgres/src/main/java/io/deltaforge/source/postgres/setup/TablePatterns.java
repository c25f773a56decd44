package io.deltaforge.source.postgres.setup;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Which tables are captured: names with {@code %} or {@code *} for any run of characters, anywhere: {@code public.orders},
 * {@code shop.*_outbox}, {@code *.audit_%}; a name without a dot means any schema. Letters count as they are written. Inside
 * double quotes every character means itself, and {@code ""} a quote. Immutable.
 */
public final class TablePatterns {

    private final List<TablePattern> patterns;

    private TablePatterns(List<TablePattern> patterns) {
        this.patterns = List.copyOf(patterns);
    }

    /** One pattern; exact without wildcards. */
    private record TablePattern(String text, Pattern schema, Pattern table, boolean exact) {
        boolean matches(String schemaName, String tableName) {
            return table.matcher(tableName).matches()
                    && schema.matcher(schemaName).matches();
        }
    }

    /**
     * Reads patterns.
     *
     * @param texts the patterns; none means every table
     * @param problems told what is wrong with each, beginning with the pattern
     * @return the patterns that could be read
     */
    public static TablePatterns parse(List<String> texts, Consumer<String> problems) {
        List<TablePattern> patterns = new ArrayList<>();
        for (String text : texts) {
            try {
                patterns.add(parse(text.strip()));
            } catch (IllegalArgumentException e) {
                problems.accept("\"" + text + "\": " + e.getMessage());
            }
        }
        return new TablePatterns(patterns);
    }

    private static TablePattern parse(String text) {
        List<StringBuilder> parts = new ArrayList<>(List.of(new StringBuilder()));
        boolean quoted = false;
        boolean wild = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            StringBuilder part = parts.get(parts.size() - 1);
            if (c == '"' && quoted && i + 1 < text.length() && text.charAt(i + 1) == '"') {
                part.append(Pattern.quote("\""));
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && c == '.') {
                parts.add(new StringBuilder());
            } else if (!quoted && (c == '%' || c == '*')) {
                part.append(".*");
                wild = true;
            } else {
                part.append(Pattern.quote(String.valueOf(c)));
            }
        }
        if (quoted) {
            throw new IllegalArgumentException("a quote is never closed");
        }
        if (parts.size() > 2 || parts.stream().anyMatch(part -> part.length() == 0)) {
            throw new IllegalArgumentException("expected schema.table or table; quote a name that holds a dot");
        }
        boolean anySchema = parts.size() == 1;
        return new TablePattern(
                text,
                compile(anySchema ? ".*" : parts.get(0).toString()),
                compile(parts.get(parts.size() - 1).toString()),
                !wild && !anySchema);
    }

    private static Pattern compile(String regex) {
        return Pattern.compile(regex, Pattern.DOTALL);
    }

    /**
     * Says whether a table is captured.
     *
     * @param schema its schema
     * @param table its name
     * @return true if a pattern matches, or if there are no patterns
     */
    public boolean matches(String schema, String table) {
        if (patterns.isEmpty()) {
            return true;
        }
        for (TablePattern pattern : patterns) {
            if (pattern.matches(schema, table)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Says whether a table is named in full by one of the patterns.
     *
     * @param schema its schema
     * @param table its name
     * @return true if a pattern without wildcards means this table
     */
    public boolean names(String schema, String table) {
        return patterns.stream().anyMatch(pattern -> pattern.exact && pattern.matches(schema, table));
    }

    /**
     * Says whether there are no patterns, so that every table is captured that the publication has.
     *
     * @return true without patterns
     */
    public boolean isEmpty() {
        return patterns.isEmpty();
    }

    @Override
    public String toString() {
        return isEmpty()
                ? "all tables"
                : String.join(", ", patterns.stream().map(TablePattern::text).toList());
    }
}
