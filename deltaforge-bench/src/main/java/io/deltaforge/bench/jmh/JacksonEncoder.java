package io.deltaforge.bench.jmh;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.Column;
import io.deltaforge.api.event.EventId;
import io.deltaforge.api.event.Row;
import io.deltaforge.api.event.Transaction;
import io.deltaforge.api.event.ValueVisitor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * What somebody would write who has Jackson and a visitor: the native envelope, value by value, with the types that the sample
 * log has. A baseline, not a second implementation.
 */
final class JacksonEncoder {

    private interface Write {
        void run() throws IOException;
    }

    private final JsonFactory factory = new JsonFactory();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(1_024);
    private JsonGenerator json;

    byte[] value(ChangeEvent event) {
        bytes.reset();
        try (JsonGenerator generator = factory.createGenerator(bytes)) {
            json = generator;
            Transaction transaction = event.transaction();
            json.writeStartObject();
            row("before", event.before());
            row("after", event.after());
            json.writeObjectFieldStart("source");
            json.writeStringField("version", "deltaforge-0.1.0");
            json.writeStringField("connector", transaction.connector());
            json.writeStringField("name", "bench");
            json.writeNumberField("ts_ms", transaction.commitMicros() / 1_000);
            json.writeStringField("db", event.table().database());
            json.writeStringField("schema", event.table().schema().orElse(null));
            json.writeStringField("table", event.table().table());
            transaction.describe(new Fields());
            json.writeEndObject();
            json.writeStringField("op", event.operation().code());
            json.writeNumberField("ts_ms", transaction.commitMicros() / 1_000);
            json.writeObjectFieldStart("transaction");
            json.writeStringField("id", transaction.id());
            json.writeNumberField("total_order", event.ordinal() + 1);
            json.writeEndObject();
            json.writeStringField("event_id", EventId.of(event).toString());
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private void row(String name, Row row) throws IOException {
        if (row == null) {
            json.writeNullField(name);
            return;
        }
        json.writeObjectFieldStart(name);
        row.visit(new Values());
        json.writeEndObject();
    }

    private final class Fields implements Transaction.SourceFields {
        @Override
        public void text(String name, String value) {
            write(() -> json.writeStringField(name, value));
        }

        @Override
        public void number(String name, long value) {
            write(() -> json.writeNumberField(name, value));
        }
    }

    private static void write(Write write) {
        try {
            write.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes the types of the sample log; others are none of this benchmark's. */
    private final class Values implements ValueVisitor {

        private void name(Column column) {
            write(() -> json.writeFieldName(column.name()));
        }

        private UnsupportedOperationException none(Column column) {
            return new UnsupportedOperationException("the sample log has no " + column);
        }

        private static Instant instant(long micros) {
            return Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000), 1_000L * Math.floorMod(micros, 1_000_000));
        }

        @Override
        public void nullValue(Column column) {
            name(column);
            write(() -> json.writeNull());
        }

        @Override
        public void bool(Column column, boolean value) {
            name(column);
            write(() -> json.writeBoolean(value));
        }

        @Override
        public void integer(Column column, long value) {
            name(column);
            write(() -> json.writeNumber(value));
        }

        @Override
        public void float64(Column column, double value) {
            name(column);
            write(() -> json.writeNumber(value));
        }

        @Override
        public void decimal(Column column, byte[] ascii, int offset, int length) {
            name(column);
            write(() -> json.writeRawUTF8String(ascii, offset, length));
        }

        @Override
        public void text(Column column, byte[] utf8, int offset, int length) {
            name(column);
            write(() -> json.writeUTF8String(utf8, offset, length));
        }

        @Override
        public void timestamp(Column column, long epochMicros) {
            name(column);
            write(() -> json.writeString(LocalDateTime.ofInstant(instant(epochMicros), ZoneOffset.UTC)
                    .toString()));
        }

        @Override
        public void timestampTz(Column column, long epochMicros) {
            name(column);
            write(() -> json.writeString(instant(epochMicros).toString()));
        }

        @Override
        public void unchanged(Column column) {
            throw none(column);
        }

        @Override
        public void float32(Column column, float value) {
            throw none(column);
        }

        @Override
        public void json(Column column, byte[] utf8, int offset, int length) {
            throw none(column);
        }

        @Override
        public void binary(Column column, byte[] value, int offset, int length) {
            throw none(column);
        }

        @Override
        public void uuid(Column column, long high, long low) {
            throw none(column);
        }

        @Override
        public void date(Column column, long epochDay) {
            throw none(column);
        }

        @Override
        public void time(Column column, long microsOfDay) {
            throw none(column);
        }

        @Override
        public void timeTz(Column column, long microsOfDay, int offsetSeconds) {
            throw none(column);
        }

        @Override
        public void interval(Column column, int months, int days, long micros) {
            throw none(column);
        }

        @Override
        public void beginArray(Column column, int length) {
            throw none(column);
        }

        @Override
        public void endArray(Column column) {
            throw none(column);
        }
    }
}
