package io.deltaforge.sink.kafka;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.encode.EventEncoder;
import io.deltaforge.api.encode.EventRouter;
import io.deltaforge.api.encode.HeaderReceiver;
import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.Replay;
import io.deltaforge.api.event.TableSchema;
import io.deltaforge.api.sink.SinkContext;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * Turns an event into the record that is sent for it: topic, key, value, headers, and for rows that cannot be told apart
 * a partition chosen by their table, so that the table's order holds. Everything about the record is settled here, its
 * size included; nothing is left for the producer to refuse. Not thread-safe.
 */
final class RecordEncoder {

    /** Says that a record was put aside before, and how it comes after all. */
    private static final String REPLAY = "df-replay";

    private static final int OVERHEAD = RecordSize.overhead(EventIdHeader.NAME, EventIdHeader.LENGTH);

    private final EventEncoder encoder;
    private final EventRouter topics;
    private final EventRouter keys;
    private final int maxBytes;
    private final ToIntFunction<String> partitions;
    private final TopicNames names;
    private final Map<String, Integer> partitionCounts = new HashMap<>();
    private final List<Header> envelopeHeaders = new ArrayList<>();
    private final HeaderReceiver receiver = (name, value) -> envelopeHeaders.add(new RecordHeader(name, value));
    private String lastKeyText;
    private byte[] lastKey;

    /**
     * Makes an encoder.
     *
     * @param encoder writes values and default keys
     * @param topics names the topic
     * @param keys gives the key, or null for the primary key
     * @param maxBytes how large a record may be
     * @param gate is asked about each topic before its first use; may block
     * @param partitions says how many partitions a topic has; may block
     */
    RecordEncoder(
            EventEncoder encoder,
            EventRouter topics,
            EventRouter keys,
            int maxBytes,
            TopicGate gate,
            ToIntFunction<String> partitions) {
        this.encoder = requireNonNull(encoder, "encoder is null");
        this.topics = requireNonNull(topics, "topics is null");
        this.keys = keys;
        this.maxBytes = maxBytes;
        this.names = new TopicNames(requireNonNull(gate, "gate is null"));
        this.partitions = requireNonNull(partitions, "partitions is null");
    }

    /**
     * Makes the encoder of a sink.
     *
     * @param producer knows how many partitions topics have
     */
    static RecordEncoder of(
            SinkContext context, SinkOptions options, TopicGate gate, Producer<byte[], byte[]> producer) {
        return new RecordEncoder(
                context.encoder(),
                context.router(options.topic()),
                options.key().map(context::router).orElse(null),
                options.client().maxRecordBytes(),
                gate,
                topic -> producer.partitionsFor(topic).size());
    }

    /** Begins a batch: asks anew how many partitions topics have. */
    void beginBatch() {
        if (!partitionCounts.isEmpty()) {
            partitionCounts.clear();
        }
    }

    /**
     * Encodes an event.
     *
     * @param event the event
     * @return its record, with exactly sized arrays
     * @throws DeliveryException of kind {@code RECORD} when the event can never be sent as it is
     */
    ProducerRecord<byte[], byte[]> encode(ChangeEvent event) {
        String topic = names.checked(topics.route(event));
        byte[] key = keys == null ? encoder.key(event) : templateKey(event);
        byte[] value = encoder.value(event);
        envelopeHeaders.clear();
        encoder.headers(event, receiver);
        if (event.replay() != Replay.NONE) {
            receiver.header(REPLAY, event.replay().word().getBytes(StandardCharsets.US_ASCII));
        }
        int size = OVERHEAD + RecordSize.of(key) + RecordSize.of(value);
        for (Header header : envelopeHeaders) {
            size += RecordSize.of(header);
        }
        if (size > maxBytes) {
            throw tooLarge(event, size);
        }
        Integer partition = key == null ? partitionOf(event.table(), topic) : null;
        return new ProducerRecord<>(topic, partition, null, key, value, headers(event));
    }

    private List<Header> headers(ChangeEvent event) {
        Header id = EventIdHeader.of(event);
        if (envelopeHeaders.isEmpty()) {
            return List.of(id);
        }
        envelopeHeaders.add(id);
        return List.copyOf(envelopeHeaders);
    }

    /**
     * Returns what follows the record of an event under the same key to make a compacted topic forget the row. It has no id:
     * it says nothing that its event does not say.
     *
     * @param event the event
     * @param record the event's record
     * @return a record without a value, or null when none is to follow or there is no key that stands for the row
     */
    ProducerRecord<byte[], byte[]> tombstone(ChangeEvent event, ProducerRecord<byte[], byte[]> record) {
        byte[] key = record.key();
        return key == null || key.length == 0 || !encoder.hasTombstone(event)
                ? null
                : new ProducerRecord<>(record.topic(), record.partition(), key, null);
    }

    /** A field that the event lacks, such as a column of the row after a delete, gives the empty key. */
    private byte[] templateKey(ChangeEvent event) {
        String text;
        try {
            text = keys.route(event);
        } catch (DeliveryException e) {
            if (e.kind() != ErrorKind.RECORD) {
                throw e;
            }
            text = "";
        }
        if (!text.equals(lastKeyText)) {
            lastKeyText = text;
            lastKey = text.getBytes(StandardCharsets.UTF_8);
        }
        return lastKey;
    }

    private int partitionOf(TableSchema table, String topic) {
        Integer count = partitionCounts.get(topic);
        if (count == null) {
            count = partitions.applyAsInt(topic);
            partitionCounts.put(topic, count);
        }
        return partitionOf(table, count);
    }

    /** The names' hashes are specified by the language, so a table keeps its partition from run to run. */
    static int partitionOf(TableSchema table, int count) {
        return Math.floorMod(table.qualifiedName().hashCode(), count);
    }

    private DeliveryException tooLarge(ChangeEvent event, int size) {
        ErrorTable.Reaction reaction = ErrorTable.row(RecordTooLargeException.class);
        return new DeliveryException(
                reaction.kind(),
                reaction.reason(),
                event + " makes a record of " + size + " bytes, max.request.size and buffer.memory allow " + maxBytes,
                reaction.remedy(),
                null);
    }
}
