package io.deltaforge.core.deadletter;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.checkpoint.CheckpointStore;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.core.deadletter.Origin.Stage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The dead letters of a pipeline as they are stored. Keeps nothing in memory; safe from any thread. Every method blocks and
 * throws a {@link io.deltaforge.api.error.CheckpointException}: {@code HELD} where something is damaged, naming it.
 *
 * <p>Stored under {@code PIPELINE~dead-letters}, beside the pipeline's positions: {@code entry/ID}, the letter, where ID is
 * 16 hex digits, so that they stand in the order in which they came; {@code index/STAGE/NAME/EVENT}, the ID (eight bytes) of
 * the letter that an origin has of an event, where EVENT is the 32 hex digits of its id; {@code next}, the ID after the last
 * one ever given out. A letter, its index and {@code next} are written in one step.
 */
public final class DeadLetterLog {

    private static final String ENTRY = "entry/";
    private static final String INDEX = "index/";
    private static final String NEXT = "next";
    private static final int PAGE = 1_000;

    private final CheckpointStore store;
    private final String pipeline;
    private final String name;

    /**
     * Looks at a pipeline's dead letters.
     *
     * @param store an open store
     * @param pipeline the pipeline's name
     */
    public DeadLetterLog(CheckpointStore store, String pipeline) {
        this.store = requireNonNull(store, "store is null");
        this.pipeline = requireNonNull(pipeline, "pipeline is null");
        this.name = pipeline + "~dead-letters";
    }

    /**
     * Reads one letter.
     *
     * @param id its number
     * @return the letter, or empty when there is none
     */
    public Optional<DeadLetter> get(long id) {
        return store.load(name, entryKey(id)).map(bytes -> LetterFormat.decode(id, bytes, what(id)));
    }

    /**
     * Reads letters in the order in which they came, one at a time, so that memory holds one only.
     *
     * @param origin whose letters; empty for everybody's
     * @param after only those with higher numbers
     * @param limit how many at most
     * @param reader is given each
     * @return the number to go on after; empty when there are no more
     */
    public OptionalLong read(Optional<Origin> origin, long after, int limit, Consumer<DeadLetter> reader) {
        long last = 0;
        int given = 0;
        for (long id : ids(origin)) {
            if (id <= after) {
                continue;
            }
            if (given == limit) {
                return OptionalLong.of(last);
            }
            get(id).ifPresent(reader);
            last = id;
            given++;
        }
        return OptionalLong.empty();
    }

    private List<Long> ids(Optional<Origin> origin) {
        List<Long> ids = new ArrayList<>();
        index((of, id) -> {
            if (origin.isEmpty() || origin.get().equals(of)) {
                ids.add(id);
            }
        });
        ids.sort(null);
        return ids;
    }

    /**
     * Counts the letters.
     *
     * @return how many there are by origin, those without any left out
     */
    public Map<String, Long> counts() {
        Map<String, Long> counts = new TreeMap<>();
        index((origin, id) -> counts.merge(origin.toString(), 1L, Long::sum));
        return counts;
    }

    /** Told of every letter, in no order. */
    private interface IndexReader {
        void letter(Origin origin, long id);
    }

    private void index(IndexReader reader) {
        String after = INDEX;
        while (true) {
            List<CheckpointStore.Entry> page = store.page(name, after, PAGE);
            for (CheckpointStore.Entry entry : page) {
                if (!entry.key().startsWith(INDEX)) {
                    return;
                }
                reader.letter(origin(entry.key()), id(entry.key(), entry.value()));
            }
            if (page.size() < PAGE) {
                return;
            }
            after = page.get(page.size() - 1).key();
        }
    }

    private Origin origin(String indexKey) {
        String[] parts = indexKey.split("/", -1);
        try {
            return new Origin(Stage.valueOf(parts[1].toUpperCase(Locale.ROOT)), parts[2]);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw LetterFormat.damaged(what(indexKey), "it names no sink and no processor", e);
        }
    }

    private long id(String key, byte[] value) {
        if (value.length != Long.BYTES) {
            throw LetterFormat.damaged(what(key), "it has " + value.length + " bytes, expected " + Long.BYTES, null);
        }
        return ByteBuffer.wrap(value).getLong();
    }

    /** Returns the letter that an origin has of an event. */
    Optional<DeadLetter> find(Origin origin, ChangeEvent event) {
        String key = indexKey(origin, event);
        return store.load(name, key).map(value -> {
            long id = id(key, value);
            return get(id).orElseThrow(() ->
                    LetterFormat.damaged(what(key), "it names letter " + id + ", which is not there", null));
        });
    }

    /** Returns the oldest letter. */
    Optional<DeadLetter> oldest() {
        return store.page(name, ENTRY, 1).stream()
                .filter(entry -> entry.key().startsWith(ENTRY))
                .findFirst()
                .map(entry -> {
                    long id = Long.parseUnsignedLong(entry.key().substring(ENTRY.length()), 16);
                    return LetterFormat.decode(id, entry.value(), what(id));
                });
    }

    /** Returns the number that the next letter gets. */
    long nextId() {
        Optional<byte[]> next = store.load(name, NEXT);
        if (next.isEmpty() && !store.page(name, "", 1).isEmpty()) {
            throw LetterFormat.damaged(what(NEXT), "it is gone, and there are letters", null);
        }
        return next.map(value -> id(NEXT, value)).orElse(1L);
    }

    /** Stores a new letter, durably. */
    void add(long id, Origin origin, ChangeEvent event, byte[] letter) {
        Map<String, byte[]> entries = new HashMap<>();
        entries.put(entryKey(id), letter);
        entries.put(indexKey(origin, event), number(id));
        entries.put(NEXT, number(id + 1));
        store.save(name, entries);
    }

    /** Stores a letter that was there anew, durably. */
    void replace(long id, byte[] letter) {
        store.save(name, Map.of(entryKey(id), letter));
    }

    /** Forgets a letter, durably. */
    void remove(DeadLetter letter) {
        store.delete(name, Set.of(entryKey(letter.id()), indexKey(letter.origin(), letter.event())));
    }

    private static byte[] number(long id) {
        return ByteBuffer.allocate(Long.BYTES).putLong(id).array();
    }

    private static String entryKey(long id) {
        return ENTRY + String.format("%016x", id);
    }

    private static String indexKey(Origin origin, ChangeEvent event) {
        return INDEX + origin.stage().name().toLowerCase(Locale.ROOT) + "/" + origin.name() + "/"
                + String.format("%016x%016x", event.idHigh(), event.idLow());
    }

    private String what(long id) {
        return "dead letter " + id + " of pipeline " + pipeline;
    }

    private String what(String key) {
        return "the entry \"" + key + "\" of the dead letters of pipeline " + pipeline;
    }
}
