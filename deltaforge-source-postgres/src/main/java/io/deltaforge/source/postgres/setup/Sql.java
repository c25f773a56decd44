package io.deltaforge.source.postgres.setup;

/** Names and texts as SQL writes them. */
final class Sql {

    private Sql() {}

    static String name(String name) {
        return "\"" + name.replace("\"", "\"\"") + "\"";
    }

    static String name(String schema, String table) {
        return name(schema) + "." + name(table);
    }

    static String text(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
