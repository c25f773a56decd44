package io.deltaforge.core.deadletter;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.event.TableSchema;

/**
 * What an event is about, so that it can be told whether another one is about the same.
 *
 * @param table the table
 * @param key the key of the row as a JSON object; null where the event is about the whole table, or nobody can say which row
 * @param old the key that the row had before, where it changes; else null
 */
record EventKey(Table table, String key, String old) {

    /** A table by its full name; schema is null where the database has no such level. */
    record Table(String database, String schema, String name) {

        static Table of(TableSchema schema) {
            return new Table(schema.database(), schema.schema().orElse(null), schema.table());
        }

        /** As {@link TableSchema#qualifiedName} has it. */
        String qualifiedName() {
            return (schema != null ? schema : database) + "." + name;
        }
    }

    EventKey {
        requireNonNull(table, "table is null");
    }

    boolean isWholeTable() {
        return key == null;
    }

    /** Whether the order of the two matters. */
    boolean meets(EventKey other) {
        return table.equals(other.table)
                && (isWholeTable()
                        || other.isWholeTable()
                        || key.equals(other.key)
                        || key.equals(other.old)
                        || old != null && (old.equals(other.key) || old.equals(other.old)));
    }
}
