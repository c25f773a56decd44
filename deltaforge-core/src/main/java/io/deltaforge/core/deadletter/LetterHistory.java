package io.deltaforge.core.deadletter;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.checkpoint.CheckpointStore;
import io.deltaforge.core.stored.ByteReader;
import io.deltaforge.core.stored.ByteWriter;
import java.nio.BufferUnderflowException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/**
 * What people did to letters: the last {@value #MOST} deeds. Keeps nothing in memory; every method blocks and throws a
 * {@link io.deltaforge.api.error.CheckpointException}.
 *
 * <p>Stored beside the letters as {@code history/PLACE}, where PLACE is three hex digits that begin again at 0 when they are
 * used up. Form: one byte version; the deed's number from 1, its time in microseconds since 1970 (eight bytes each); what was
 * done, who did it, why (texts); the letter's number, both halves of its event's id (eight bytes each); its origin, code and
 * table (texts).
 */
public final class LetterHistory {

    private static final String HISTORY = "history/";
    private static final int MOST = 1_000;
    private static final int VERSION = 1;

    private final CheckpointStore store;
    private final String name;

    /** What can be done to a letter. */
    public enum Deed {
        /** Its event was changed. */
        EDITED,
        /** Its event was delivered after all, and the letter is gone. */
        REPLAYED,
        /** It was given up, and is gone. */
        DISCARDED;

        /**
         * Returns the word for it.
         *
         * @return the name in small letters
         */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Who did something, and why.
     *
     * @param deed what
     * @param by who, as far as it was said
     * @param reason why; empty where nobody has to say
     */
    public record Action(Deed deed, String by, String reason) {
        /** Refuses missing parts. */
        public Action {
            requireNonNull(deed, "deed is null");
            requireNonNull(by, "by is null");
            requireNonNull(reason, "reason is null");
        }
    }

    /**
     * One deed.
     *
     * @param number counted from 1
     * @param at when
     * @param action what, by whom and why
     * @param letter the letter's number
     * @param event the id of its event
     * @param what its origin, code and table
     */
    public record Entry(long number, Instant at, Action action, long letter, UUID event, What what) {}

    /**
     * What a letter was about.
     *
     * @param origin who had put it aside
     * @param code why
     * @param table the table
     */
    public record What(String origin, String code, String table) {}

    LetterHistory(CheckpointStore store, String name) {
        this.store = store;
        this.name = name;
    }

    /**
     * Returns what was done, the latest first.
     *
     * @return the deeds that are still known
     */
    public List<Entry> read() {
        List<Entry> entries = new ArrayList<>();
        for (CheckpointStore.Entry each : store.page(name, HISTORY, MOST)) {
            if (!each.key().startsWith(HISTORY)) {
                break;
            }
            entries.add(decode(each.key(), each.value()));
        }
        entries.sort(Comparator.comparingLong(Entry::number).reversed());
        return entries;
    }

    /** Takes note of what is done to letters, durably; of a great many the last ones. */
    void add(List<LetterHead> letters, Action action, Instant now) {
        List<Entry> known = read();
        long number = known.isEmpty() ? 1 : known.get(0).number() + 1;
        Map<String, byte[]> entries = new HashMap<>();
        for (LetterHead letter : letters) {
            entries.put(HISTORY + String.format("%03x", number % MOST), encode(number, letter, action, now));
            number++;
        }
        store.save(name, entries);
    }

    private static byte[] encode(long number, LetterHead letter, Action action, Instant now) {
        ByteWriter out = new ByteWriter();
        out.u1(VERSION);
        out.i8(number);
        out.i8(LetterFormat.micros(now));
        out.text(action.deed().name());
        out.text(action.by());
        out.text(action.reason());
        out.i8(letter.id());
        out.i8(letter.place().idHigh());
        out.i8(letter.place().idLow());
        out.text(letter.origin().toString());
        out.text(letter.code());
        out.text(letter.key().table().qualifiedName());
        return out.toArray();
    }

    private Entry decode(String key, byte[] bytes) {
        String where = "the entry \"" + key + "\" of " + name;
        ByteReader in = new ByteReader(bytes, 0);
        try {
            int version = in.u1();
            if (version > VERSION) {
                throw LetterFormat.newer(where, "it has version " + version);
            }
            long number = in.i8();
            Instant at = LetterFormat.instant(in.i8());
            Action action = new Action(Deed.valueOf(in.text()), in.text(), in.text());
            long letter = in.i8();
            UUID event = new UUID(in.i8(), in.i8());
            return new Entry(number, at, action, letter, event, new What(in.text(), in.text(), in.text()));
        } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException e) {
            throw LetterFormat.damaged(where, "unreadable at byte " + in.position() + " of " + bytes.length, e);
        }
    }
}
