package io.deltaforge.sink.kafka;

import io.deltaforge.api.encode.EventEncoder;
import io.deltaforge.api.encode.EventRouter;
import io.deltaforge.api.error.ConfigException;
import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.metrics.Counter;
import io.deltaforge.api.metrics.Histogram;
import io.deltaforge.api.metrics.MetricScope;
import io.deltaforge.api.sink.DeadLetters;
import io.deltaforge.api.sink.SinkContext;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.DoubleSupplier;

/** A context whose values are {@code TX#ORDINAL NOTE}, whose keys are the id, and whose dead letters can be looked at. */
final class StubContext implements SinkContext {

    final List<ChangeEvent> putAside = new CopyOnWriteArrayList<>();
    final List<DeliveryException> reasons = new CopyOnWriteArrayList<>();
    final Map<String, Long> counters = new ConcurrentHashMap<>();
    volatile boolean keepsDeadLetters = true;

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

    @Override
    public DeadLetters deadLetters() {
        return (event, failure) -> {
            if (!keepsDeadLetters) {
                throw new DeliveryException(ErrorKind.FATAL, failure.reason(), "cannot deliver " + event, failure);
            }
            putAside.add(event);
            reasons.add(failure);
        };
    }

    @Override
    public MetricScope metrics() {
        return new Counting("");
    }

    private final class Counting implements MetricScope {
        private final String labels;

        Counting(String labels) {
            this.labels = labels;
        }

        @Override
        public Counter counter(String name, String help) {
            return amount -> counters.merge(name + labels, amount, Long::sum);
        }

        @Override
        public Histogram histogram(String name, String help) {
            throw new UnsupportedOperationException(name);
        }

        @Override
        public void gauge(String name, String help, DoubleSupplier value) {
            throw new UnsupportedOperationException(name);
        }

        @Override
        public MetricScope with(Map<String, String> more) {
            return new Counting(labels + more);
        }
    }
}
