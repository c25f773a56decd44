package io.deltaforge.core.deadletter;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.checkpoint.CheckpointStore;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.core.deadletter.Origin.Stage;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The dead letters of a pipeline as they are stored. Keeps nothing in memory; safe from any thread. Every method blocks and
 * throws a {@link io.deltaforge.api.error.CheckpointException}: {@code HELD} where something is damaged, naming it.
 *
 * <p>Stored under {@code PIPELINE~dead-letters}, beside the pipeline's positions: {@code entry/ID}, the letter, where ID is
 * 16 hex digits, so that they stand in the order in which they came; {@code head/ID}, what can be known of a letter without
 * reading it ({@link LetterHead}); {@code index/STAGE/NAME/EVENT}, the ID (eight bytes) of the letter that an origin has of an
 * event, where EVENT is the 32 hex digits of its id; {@code next}, the ID after the last one ever given out; {@code format}, one
 * byte 2, without which there are no heads yet: they are made the first time they are needed. A letter, its head, its index and
 * {@code next} are written in one step.
 */
public final class DeadLetterLog {

    private static final String ENTRY = "entry/";
    private static final String HEAD = "head/";
    private static final String INDEX = "index/";
    private static final String FORMAT = "format";
    private static final byte[] WITH_HEADS = {2};
    private static final String NEXT = "next";
    private static final int PAGE = 1_000;

    private final CheckpointStore store;
    private final String pipeline;
    private final String name;
    private volatile boolean hasHeads;

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
        return letter(id).map(letter -> head(id).map(head -> in(letter, head)).orElse(letter));
    }

    private DeadLetter in(DeadLetter letter, LetterHead head) {
        long behind = head.marks().behind();
        boolean frontIsThere = behind != 0 && store.load(name, headKey(behind)).isPresent();
        return letter.in(new DeadLetter.State(
                head.status(frontIsThere), behind, letter.state().edits()));
    }

    private Optional<DeadLetter> letter(long id) {
        return store.load(name, entryKey(id)).map(bytes -> LetterFormat.decode(id, bytes, what(id)));
    }

    private Optional<LetterHead> head(long id) {
        return store.load(name, headKey(id)).map(bytes -> LetterHead.decode(id, bytes, whatHead(id)));
    }

    /**
     * Reads letters in the order in which they came, one at a time, so that memory holds one only.
     *
     * @param filter which of them
     * @param after only those with higher numbers
     * @param limit how many at most
     * @param reader is given each
     * @return the number to go on after; empty when there are no more
     */
    public OptionalLong read(LetterFilter filter, long after, int limit, Consumer<DeadLetter> reader) {
        long[] last = {after};
        int[] given = {0};
        boolean isEnd = heads(after, head -> {
            if (!filter.accepts(head)) {
                return true;
            }
            if (given[0] == limit) {
                return false;
            }
            get(head.id()).ifPresent(reader);
            last[0] = head.id();
            given[0]++;
            return true;
        });
        return isEnd ? OptionalLong.empty() : OptionalLong.of(last[0]);
    }

    /**
     * Gives the heads of letters in the order in which they came.
     *
     * @param reader says whether it wants more
     * @return whether it has seen all
     */
    boolean heads(long after, Predicate<LetterHead> reader) {
        makeHeads();
        String from = after == 0 ? HEAD : headKey(after);
        while (true) {
            List<CheckpointStore.Entry> page = store.page(name, from, PAGE);
            for (CheckpointStore.Entry entry : page) {
                if (!entry.key().startsWith(HEAD)) {
                    return true;
                }
                long id = number(entry.key(), HEAD);
                if (!reader.test(LetterHead.decode(id, entry.value(), whatHead(id)))) {
                    return false;
                }
            }
            if (page.size() < PAGE) {
                return true;
            }
            from = page.get(page.size() - 1).key();
        }
    }

    /** Makes sure that nothing is in the index that has no head, and the other way round. */
    void requireIndexOf(Collection<LetterHead> heads) {
        Set<Long> ids = new HashSet<>();
        heads.forEach(head -> ids.add(head.id()));
        index((origin, id) -> {
            if (!ids.remove(id)) {
                throw LetterFormat.damaged(what(id), "it is in the index of " + origin + " and has no head", null);
            }
        });
        ids.stream().findFirst().ifPresent(id -> {
            throw LetterFormat.damaged(what(id), "it has a head and is not in the index", null);
        });
    }

    /** Makes the heads of letters that an earlier release has stored. */
    private synchronized void makeHeads() {
        if (hasHeads) {
            return;
        }
        Optional<byte[]> format = store.load(name, FORMAT);
        if (format.isEmpty()) {
            EventKeys keys = new EventKeys();
            index((origin, id) -> {
                if (store.load(name, headKey(id)).isEmpty()) {
                    letter(id)
                            .ifPresent(letter -> store.save(
                                    name,
                                    Map.of(
                                            headKey(id),
                                            LetterHead.of(letter, keys).encode())));
                }
            });
            if (!store.page(name, "", 1).isEmpty()) {
                store.save(name, Map.of(FORMAT, WITH_HEADS));
            }
        } else if (!Arrays.equals(format.get(), WITH_HEADS)) {
            throw LetterFormat.newer(
                    what(FORMAT),
                    "it is " + Arrays.toString(format.get()) + ", expected " + Arrays.toString(WITH_HEADS));
        }
        hasHeads = true;
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
                    long id = number(entry.key(), ENTRY);
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

    /** A letter that is to be stored. */
    @SuppressWarnings("ArrayRecordComponent") // Handed over once.
    record NewLetter(LetterHead head, ChangeEvent event, byte[] letter) {}

    /** Stores new letters, durably, all or none of them; the last has the highest number. */
    void add(List<NewLetter> letters) {
        makeHeads();
        Map<String, byte[]> entries = new HashMap<>();
        for (NewLetter each : letters) {
            long id = each.head().id();
            entries.put(entryKey(id), each.letter());
            entries.put(headKey(id), each.head().encode());
            entries.put(indexKey(each.head().origin(), each.event()), number(id));
            entries.put(NEXT, number(id + 1));
        }
        entries.put(FORMAT, WITH_HEADS);
        store.save(name, entries);
    }

    /** Stores a letter that was there anew, durably. */
    void replace(LetterHead head, byte[] letter) {
        makeHeads();
        store.save(name, Map.of(entryKey(head.id()), letter, headKey(head.id()), head.encode()));
    }

    /** Stores what is marked on letters, durably, all or none of it. */
    void mark(List<LetterHead> heads) {
        Map<String, byte[]> entries = new HashMap<>();
        heads.forEach(head -> entries.put(headKey(head.id()), head.encode()));
        store.save(name, entries);
    }

    /** Forgets letters, durably, all or none of them. */
    void remove(Collection<LetterHead> letters) {
        Set<String> keys = new HashSet<>();
        for (LetterHead head : letters) {
            keys.add(entryKey(head.id()));
            keys.add(headKey(head.id()));
            keys.add(indexKey(head.origin(), head.place().idHigh(), head.place().idLow()));
        }
        store.delete(name, keys);
    }

    /** What was done to letters. */
    LetterHistory history() {
        return new LetterHistory(store, name);
    }

    private static byte[] number(long id) {
        return ByteBuffer.allocate(Long.BYTES).putLong(id).array();
    }

    private static long number(String key, String kind) {
        return Long.parseUnsignedLong(key.substring(kind.length()), 16);
    }

    private static String entryKey(long id) {
        return ENTRY + String.format("%016x", id);
    }

    private static String headKey(long id) {
        return HEAD + String.format("%016x", id);
    }

    private static String indexKey(Origin origin, ChangeEvent event) {
        return indexKey(origin, event.idHigh(), event.idLow());
    }

    private static String indexKey(Origin origin, long idHigh, long idLow) {
        return INDEX + origin.stage().name().toLowerCase(Locale.ROOT) + "/" + origin.name() + "/"
                + String.format("%016x%016x", idHigh, idLow);
    }

    private String what(long id) {
        return "dead letter " + id + " of pipeline " + pipeline;
    }

    private String whatHead(long id) {
        return "the head of " + what(id);
    }

    private String what(String key) {
        return "the entry \"" + key + "\" of the dead letters of pipeline " + pipeline;
    }
}
