package io.deltaforge.sink.kafka;

import io.deltaforge.api.encode.EventEncoder;
import io.deltaforge.api.encode.EventRouter;
import io.deltaforge.api.error.ConfigException;
import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.testkit.context.TestSinkContext;
import java.nio.charset.StandardCharsets;

/** A context whose values are {@code TX#ORDINAL NOTE} and whose keys are the id, so that tests are easy to read. */
final class StubContext extends TestSinkContext {

    @Override
    public String pipeline() {
        return "shop";
    }

    @Override
    public String sink() {
        return "kafka";
    }

    @Override
    public EventEncoder encoder() {
        return new EventEncoder() {
            @Override
            public byte[] value(ChangeEvent event) {
                return StubContext.value(event).getBytes(StandardCharsets.UTF_8);
            }

            @Override
            public byte[] key(ChangeEvent event) {
                return event.table().key().isEmpty()
                        ? null
                        : event.after().value(0).toString().getBytes(StandardCharsets.UTF_8);
            }

            @Override
            public String contentType() {
                return "text/plain";
            }
        };
    }

    static String value(ChangeEvent event) {
        return event.transaction().id() + "#" + event.ordinal() + " "
                + event.after().value(1);
    }

    /** Knows {@code ${source.table}} and {@code ${after.note}}; a note {@code missing} counts as no note. */
    @Override
    public EventRouter router(String template) {
        if (template.contains("${wrong}")) {
            throw new ConfigException("template", "'" + template + "' names the unknown field 'wrong'");
        }
        return new EventRouter() {
            @Override
            public String route(ChangeEvent event) {
                String note = String.valueOf(event.after().value(1));
                if (template.contains("${after.note}") && note.equals("missing")) {
                    throw new DeliveryException(ErrorKind.RECORD, "ROUTE", "no note", null);
                }
                return template.replace("${source.table}", event.table().table())
                        .replace("${after.note}", note);
            }

            @Override
            public boolean isStatic() {
                return !template.contains("${");
            }
        };
    }
}
