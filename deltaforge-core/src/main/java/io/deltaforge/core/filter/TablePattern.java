package io.deltaforge.core.filter;

import io.deltaforge.api.event.TableSchema;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A table's name with {@code %} or {@code *} for any run of characters, anywhere: {@code shop.orders}, {@code shop.*},
 * {@code *.audit_%}; a name without a dot means any schema.
 */
final class TablePattern {

    private final Pattern qualifier;
    private final Pattern table;

    TablePattern(String text) {
        int dot = text.indexOf('.');
        qualifier = compile(dot < 0 ? "*" : text.substring(0, dot));
        table = compile(text.substring(dot + 1));
    }

    private static Pattern compile(String glob) {
        return Pattern.compile(
                Stream.of(glob.split("[%*]", -1)).map(Pattern::quote).collect(Collectors.joining(".*")));
    }

    boolean matches(TableSchema schema) {
        return table.matcher(schema.table()).matches()
                && qualifier.matcher(schema.schema().orElse(schema.database())).matches();
    }
}
