package io.deltaforge.sink.kafka;

import io.deltaforge.api.encode.EventEncoder;
import io.deltaforge.api.encode.EventRouter;
import io.deltaforge.api.encode.HeaderReceiver;
import io.deltaforge.api.error.ConfigException;
import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.Operation;
import io.deltaforge.api.event.Row;
import io.deltaforge.testkit.context.TestSinkContext;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** A context whose values are {@code TX#ORDINAL NOTE} and whose keys are the id, so that tests are easy to read. */
final class StubContext extends TestSinkContext {

    private final String pipeline;

    StubContext() {
        this("shop");
    }

    StubContext(String pipeline) {
        this.pipeline = pipeline;
    }

    @Override
    public String pipeline() {
        return pipeline;
    }

    /** What the envelope puts beside each value. */
    final Map<String, String> headers = new LinkedHashMap<>();

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
                        : row(event).value(0).toString().getBytes(StandardCharsets.UTF_8);
            }

            @Override
            public void headers(ChangeEvent event, HeaderReceiver receiver) {
                headers.forEach((name, value) -> receiver.header(name, value.getBytes(StandardCharsets.UTF_8)));
            }

            @Override
            public boolean hasTombstone(ChangeEvent event) {
                return event.operation() == Operation.DELETE;
            }

            @Override
            public String contentType() {
                return "text/plain";
            }
        };
    }

    static String value(ChangeEvent event) {
        return event.transaction().id() + "#" + event.ordinal() + " "
                + row(event).value(1);
    }

    private static Row row(ChangeEvent event) {
        return event.identity().orElseThrow();
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
                String note = event.after() == null
                        ? "missing"
                        : String.valueOf(event.after().value(1));
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
