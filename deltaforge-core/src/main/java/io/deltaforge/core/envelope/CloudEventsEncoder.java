package io.deltaforge.core.envelope;

import io.deltaforge.api.encode.HeaderReceiver;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.Operation;
import io.deltaforge.api.event.Row;
import io.deltaforge.api.event.TableSchema;
import io.deltaforge.api.event.Transaction;
import io.deltaforge.core.json.JsonBytes;
import io.deltaforge.core.json.UtcTimes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.UUID;

/**
 * Writes CloudEvents 1.0: in structured content mode all in the value (CloudEvents JSON format 1.0.2, section 3), in binary content
 * mode the data as the value and the attributes as headers (CloudEvents Kafka protocol binding 1.0.2, section 3.2). Attributes
 * and data are the original's:
 *
 * <pre>{@code
 * specversion, id, source, type, time, datacontenttype, subject, data { before?, after?, op }
 * }</pre>
 *
 * <p>The id is the event's id, so it is the same after every replay, and the pair of source and id is unique as the
 * specification asks. Not thread-safe.
 */
final class CloudEventsEncoder extends JsonEncoder<CloudEventsEncoder.TableAttributes> {

    private static final String JSON = "application/json";
    private static final String CLOUD_EVENTS = "application/cloudevents+json";
    private static final String CONTENT_TYPE = "content-type";
    private static final int MILLIS_DIGITS = 3;
    private static final byte[] VERSION = ascii("1.0");
    private static final byte[] DATA_TYPE = ascii(JSON);
    private static final byte[] STRUCTURED_TYPE = ascii(CLOUD_EVENTS + "; charset=UTF-8");
    private static final byte[] HEAD = ascii("{\"specversion\":\"1.0\",\"id\":");
    private static final byte[] TIME = ascii(",\"time\":");
    private static final byte[] BEFORE = ascii("\"before\":");
    private static final byte[] AFTER = ascii("\"after\":");
    private static final byte[] OP = ascii("\"op\":\"");
    private static final byte[] END = ascii("\"}");

    /** What is the same in all events of a table. */
    static final class TableAttributes extends TableText {

        private final byte[] source;
        private final byte[] subject;
        private final byte[] sourceMember;
        private final byte[] dataStart;

        private TableAttributes(TableSchema table, String pipeline) {
            super(table);
            String place = table.qualifiedName();
            String uri = "deltaforge/" + UriText.segment(pipeline) + "/" + UriText.segment(place);
            source = ascii(uri);
            subject = place.getBytes(StandardCharsets.UTF_8);
            JsonBytes json = new JsonBytes();
            member(json, "source", uri);
            sourceMember = json.toByteArray();
            json.reset();
            member(json, "datacontenttype", JSON);
            member(json, "subject", place);
            json.raw(ascii(",\"data\":"));
            dataStart = json.toByteArray();
        }
    }

    private final boolean binary;
    private final String pipeline;
    private final Map<Operation, byte[]> types = new EnumMap<>(Operation.class);
    private final Map<Operation, byte[]> typeMembers = new EnumMap<>(Operation.class);
    private final JsonBytes time = new JsonBytes();
    private Transaction timed;
    private byte[] timeHeader;

    CloudEventsEncoder(CloudEventsEnvelope envelope, String pipeline) {
        this(envelope, pipeline, new JsonBytes());
    }

    private CloudEventsEncoder(CloudEventsEnvelope envelope, String pipeline, JsonBytes out) {
        super(out, new JsonRowWriter(out));
        this.binary = envelope.binary();
        this.pipeline = pipeline;
        for (Operation operation : Operation.values()) {
            String type = envelope.typePrefix() + "." + word(operation);
            types.put(operation, type.getBytes(StandardCharsets.UTF_8));
            out.reset();
            member(out, "type", type);
            typeMembers.put(operation, out.toByteArray());
        }
    }

    private static String word(Operation operation) {
        return switch (operation) {
            case CREATE -> "created";
            case UPDATE -> "updated";
            case DELETE -> "deleted";
            case READ -> "snapshot";
            case TRUNCATE -> "truncated";
        };
    }

    @Override
    TableAttributes describe(TableSchema table) {
        return new TableAttributes(table, pipeline);
    }

    @Override
    public String contentType() {
        return binary ? JSON : CLOUD_EVENTS;
    }

    @Override
    public byte[] value(ChangeEvent event) {
        TableAttributes attributes = text(event.table());
        out.reset();
        if (binary) {
            data(event, attributes);
            return out.toByteArray();
        }
        out.raw(HEAD);
        out.uuid(event.idHigh(), event.idLow());
        out.raw(attributes.sourceMember);
        out.raw(typeMembers.get(event.operation()));
        out.raw(TIME);
        useTime(event.transaction());
        out.raw(time);
        out.raw(attributes.dataStart);
        data(event, attributes);
        out.rawByte('}');
        return out.toByteArray();
    }

    private void data(ChangeEvent event, TableAttributes attributes) {
        out.rawByte('{');
        row(BEFORE, event.before(), attributes);
        row(AFTER, event.after(), attributes);
        out.raw(OP);
        out.rawByte(event.operation().code().charAt(0));
        out.raw(END);
    }

    private void row(byte[] name, Row row, TableAttributes attributes) {
        if (row != null) {
            out.raw(name);
            object(row, attributes);
            out.rawByte(',');
        }
    }

    private void useTime(Transaction transaction) {
        if (transaction != timed) {
            timed = transaction;
            timeHeader = null;
            time.reset();
            UtcTimes.dateTime(time, transaction.commitMicros(), MILLIS_DIGITS);
        }
    }

    @Override
    public void headers(ChangeEvent event, HeaderReceiver receiver) {
        if (!binary) {
            receiver.header(CONTENT_TYPE, STRUCTURED_TYPE);
            return;
        }
        TableAttributes attributes = text(event.table());
        receiver.header(CONTENT_TYPE, DATA_TYPE);
        receiver.header("ce_specversion", VERSION);
        receiver.header("ce_id", ascii(new UUID(event.idHigh(), event.idLow()).toString()));
        receiver.header("ce_source", attributes.source);
        receiver.header("ce_type", types.get(event.operation()));
        receiver.header("ce_time", timeHeader(event.transaction()));
        receiver.header("ce_subject", attributes.subject);
    }

    private byte[] timeHeader(Transaction transaction) {
        useTime(transaction);
        if (timeHeader == null) {
            byte[] quoted = time.toByteArray();
            timeHeader = Arrays.copyOfRange(quoted, 1, quoted.length - 1);
        }
        return timeHeader;
    }
}
