package io.deltaforge.server.config.text;

import java.util.Set;

/** The fields of an event, which templates name: {@code ${source.table}} is filled in for each event, not from the file. */
final class EventFields {

    private static final Set<String> ROOTS = Set.of(
            "before",
            "after",
            "source",
            "op",
            "ts_ms",
            "transaction",
            "event_id",
            "tenant_id",
            "schema_version",
            "schema_sequence",
            "ddl",
            "trace_id",
            "tags",
            "synthetic",
            "tx_end");

    private EventFields() {}

    static boolean isRoot(String name) {
        return ROOTS.contains(name);
    }

    /** Returns whether a reference is to a field of the event. */
    static boolean isTemplate(String reference) {
        int dot = reference.indexOf('.');
        return isRoot(dot < 0 ? reference : reference.substring(0, dot));
    }
}
