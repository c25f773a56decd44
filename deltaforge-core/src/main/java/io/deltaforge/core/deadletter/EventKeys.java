package io.deltaforge.core.deadletter;

import io.deltaforge.api.encode.EventEncoder;
import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.TableSchema;
import io.deltaforge.core.deadletter.EventKey.Table;
import io.deltaforge.core.envelope.Envelope;
import io.deltaforge.core.envelope.EnvelopeEncoders;
import java.nio.charset.StandardCharsets;

/**
 * Finds out what events are about: keys are the text of the default message key. Without one the event is taken to be about
 * the whole table, as truncates are: waiting for too much keeps the order, waiting for too little does not. Not thread-safe.
 */
final class EventKeys {

    private final EventEncoder encoder = EnvelopeEncoders.create(Envelope.NATIVE, "keys");
    private TableSchema lastSchema;
    private Table lastTable;

    /** Events of a table share its schema, so most of the time there is nothing to do. */
    Table table(ChangeEvent event) {
        if (event.table() != lastSchema) {
            lastSchema = event.table();
            lastTable = Table.of(lastSchema);
        }
        return lastTable;
    }

    EventKey of(ChangeEvent event) {
        String key = key(event);
        String old = null;
        if (key != null && event.before() != null && event.after() != null) {
            String before = key(event.withRows(event.before(), null));
            old = key.equals(before) ? null : before;
        }
        return new EventKey(table(event), key, old);
    }

    private String key(ChangeEvent event) {
        try {
            byte[] key = encoder.key(event);
            return key == null ? null : new String(key, StandardCharsets.UTF_8);
        } catch (DeltaForgeException e) {
            return null;
        }
    }
}
