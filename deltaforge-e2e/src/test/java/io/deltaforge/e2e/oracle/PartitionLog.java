package io.deltaforge.e2e.oracle;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * One partition, read in order, as a series of distinct events with rewinds in it: a record is either the event that follows
 * the one before it, or the start of a rewind, which repeats events that were there, from some point on, in the same order,
 * up to the newest. Anything else is a disorder. So that millions of events can be judged, only the newest are remembered: an
 * event that comes again after that counts as new, and is found to be none by whoever counts versions and transactions.
 */
final class PartitionLog {

    /** No rewind goes back by this much: it repeats what was under way, or not saved yet. */
    static final int REMEMBERED = 100_000;

    private record Seen(int index, long digest) {}

    private final TopicPartition partition;
    private final Map<String, Seen> seen = new LinkedHashMap<>();
    private int cursor;
    private int distinct;
    private long repeated;

    PartitionLog(TopicPartition partition) {
        this.partition = partition;
    }

    /** Tells whether the next record would be the first copy of its event. */
    boolean isNew(Delivered event) {
        return !seen.containsKey(event.eventId());
    }

    /** Takes the next record; says what is wrong with it, if anything is. */
    Optional<String> add(Delivered event) {
        Seen known = seen.get(event.eventId());
        if (known == null) {
            return addNew(event);
        }
        repeated++;
        int before = cursor;
        cursor = known.index() + 1;
        if (known.digest() != digest(event.record())) {
            return Optional.of("the repeated event " + place(event) + " differs from its first copy");
        }
        return known.index() > before
                ? Optional.of(
                        "a rewind jumps ahead at " + place(event) + ", from event " + before + " to " + known.index())
                : Optional.empty();
    }

    private Optional<String> addNew(Delivered event) {
        int before = cursor;
        int size = distinct++;
        seen.put(event.eventId(), new Seen(size, digest(event.record())));
        if (seen.size() > REMEMBERED) {
            Iterator<Seen> eldest = seen.values().iterator();
            eldest.next();
            eldest.remove();
        }
        cursor = size + 1;
        return before != size
                ? Optional.of("a new event " + place(event) + " follows though a rewind has come to " + before + " of "
                        + size + " events only")
                : Optional.empty();
    }

    /** Returns how many records were repetitions. */
    long repeated() {
        return repeated;
    }

    int distinct() {
        return distinct;
    }

    private String place(Delivered event) {
        return event.eventId() + " at " + partition + " offset "
                + event.record().offset();
    }

    /** Returns a quarter of the SHA-256 of key and value, enough to tell them from others. */
    private static long digest(ConsumerRecord<byte[], byte[]> record) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update(ByteBuffer.allocate(Integer.BYTES)
                    .putInt(record.key().length)
                    .flip());
            sha.update(record.key());
            sha.update(record.value());
            return ByteBuffer.wrap(sha.digest()).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
