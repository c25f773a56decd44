package io.deltaforge.core.deadletter;

import static java.util.Objects.requireNonNull;

import io.deltaforge.core.deadletter.DeadLetterLog.NewLetter;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The letters that there are: stored, and their heads in memory. A step is stored first and then noted in memory; when the
 * storage fails it is not known what it made of the step, so whoever called asks for a new count ({@link #forgetCount}). Every
 * method that stores blocks, and throws a {@link io.deltaforge.api.error.CheckpointException} when the storage fails. Guarded by
 * its queue's lock, but for the number of letters.
 */
final class KeptLetters {

    private final DeadLetterLog log;
    private final KeyBook book = new KeyBook();
    private final List<SinkGate> gates = new CopyOnWriteArrayList<>();
    /** Written under the lock, read by whoever looks. */
    private final AtomicLong size = new AtomicLong();

    private long next;
    private boolean counted;

    KeptLetters(DeadLetterLog log) {
        this.log = requireNonNull(log, "log is null");
    }

    /** Counts what is stored. */
    void recount() {
        next = log.nextId();
        book.clear();
        log.heads(0, head -> {
            book.put(head);
            return true;
        });
        log.requireIndexOf(book.all());
        counted = true;
        changed();
    }

    /** What the storage made of the last step is not known: it is asked again before the next. */
    void forgetCount() {
        counted = false;
    }

    /** To be called before anything is asked of the book. */
    void requireCounted() {
        if (!counted) {
            recount();
        }
    }

    /** Lets those know who wait for it or need not look when there is nothing. */
    private void changed() {
        size.set(book.size());
        gates.forEach(this::tell);
    }

    private void tell(SinkGate gate) {
        gate.watch(book.concerns(gate.origin()));
    }

    /** Tells a gate from now on whether there is anything to look for. */
    void watch(SinkGate gate) {
        gates.add(gate);
        tell(gate);
    }

    /** How many letters there are, as far as this process has counted it. Safe from any thread. */
    long size() {
        return size.get();
    }

    KeyBook book() {
        return book;
    }

    /** The number that the next letter gets. */
    long next() {
        return next;
    }

    /** Adds letters, all or none of them; the last has the highest number. */
    void add(List<NewLetter> letters) {
        log.add(letters);
        for (NewLetter each : letters) {
            book.put(each.head());
            next = each.head().id() + 1;
        }
        changed();
    }

    /** Stores a letter that is there anew. */
    void replace(LetterHead head, byte[] letter) {
        log.replace(head, letter);
        book.put(head);
    }

    /** Notes what is marked on letters, all or none of it. */
    void mark(List<LetterHead> heads) {
        log.mark(heads);
        heads.forEach(book::put);
    }

    /** Forgets letters, all or none of them. */
    void remove(List<LetterHead> letters) {
        log.remove(letters);
        letters.forEach(letter -> book.remove(letter.id()));
        changed();
    }
}
