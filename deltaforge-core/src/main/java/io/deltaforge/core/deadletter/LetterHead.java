package io.deltaforge.core.deadletter;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.core.deadletter.DeadLetter.Status;
import io.deltaforge.core.deadletter.EventKey.Table;
import io.deltaforge.core.deadletter.Origin.Stage;
import io.deltaforge.core.stored.ByteReader;
import io.deltaforge.core.stored.ByteWriter;
import java.nio.BufferUnderflowException;
import java.time.Instant;

/**
 * What must be known of a letter at every moment, so that nobody has to read its event for it.
 *
 * <p>Stored form: one byte version; one byte marks, of which 1 is "superseded" and 2 is "truncated"; the origin's stage and
 * name, the code (texts); when it was put aside for the first time in microseconds since 1970, the letter in front or 0, both
 * halves of the event's id (eight bytes each); the event's child number (four bytes) and its position (a run); database, schema
 * (null for none) and name of its table, key and old key (null for none), all texts.
 *
 * @param id the letter's number
 * @param origin who put it aside
 * @param place the event, and where it stands in the log
 * @param key what the event is about
 * @param code why, at the latest try
 * @param first when it was put aside for the first time
 * @param marks what is marked on it
 */
record LetterHead(long id, Origin origin, Place place, EventKey key, String code, Instant first, Marks marks) {

    /** The code of letters that only wait for another one. */
    static final String PARKED = "PARKED_BEHIND";

    private static final int VERSION = 1;
    private static final int SUPERSEDED = 1;
    private static final int TRUNCATED = 2;

    /** An event's id and where it stands in the log. */
    @SuppressWarnings("ArrayRecordComponent") // Owned by this package, which changes none and compares none.
    record Place(long idHigh, long idLow, int child, byte[] position) {

        static Place of(ChangeEvent event) {
            return new Place(
                    event.idHigh(),
                    event.idLow(),
                    event.childNumber(),
                    event.position().toBytes());
        }
    }

    /** What is marked on a letter; behind is the letter in front when it was parked, or 0. */
    record Marks(boolean superseded, boolean truncated, long behind) {}

    LetterHead {
        requireNonNull(origin, "origin is null");
        requireNonNull(place, "place is null");
        requireNonNull(key, "key is null");
        requireNonNull(code, "code is null");
        requireNonNull(first, "first is null");
        requireNonNull(marks, "marks is null");
    }

    /** The head of a letter that was stored before there were heads. */
    static LetterHead of(DeadLetter letter, EventKeys keys) {
        return new LetterHead(
                letter.id(),
                letter.origin(),
                Place.of(letter.event()),
                keys.of(letter.event()),
                letter.cause().code(),
                letter.tries().first(),
                new Marks(false, letter.truncated(), 0));
    }

    boolean isOf(ChangeEvent event) {
        return place.idHigh == event.idHigh() && place.idLow == event.idLow();
    }

    boolean isSuperseded() {
        return marks.superseded;
    }

    /** Whether it was only put aside because another letter was in front of it. */
    boolean isParked() {
        return code.equals(PARKED);
    }

    /** Whether an event that is missing here is missing in a sink. */
    boolean concerns(Origin sink) {
        return origin.stage() == Stage.PROCESSOR || origin.equals(sink);
    }

    LetterHead superseded() {
        return new LetterHead(id, origin, place, key, code, first, new Marks(true, marks.truncated, marks.behind));
    }

    LetterHead withCode(String newCode) {
        return new LetterHead(id, origin, place, key, newCode, first, marks);
    }

    /** What the letter waits for; frontIsThere says whether the letter that it was parked behind still is. */
    Status status(boolean frontIsThere) {
        return marks.superseded
                ? Status.SUPERSEDED
                : marks.behind != 0 && frontIsThere ? Status.PARKED : Status.WAITING;
    }

    byte[] encode() {
        ByteWriter out = new ByteWriter();
        out.u1(VERSION);
        out.u1((marks.superseded ? SUPERSEDED : 0) | (marks.truncated ? TRUNCATED : 0));
        out.text(origin.stage().name());
        out.text(origin.name());
        out.text(code);
        out.i8(LetterFormat.micros(first));
        out.i8(marks.behind);
        out.i8(place.idHigh);
        out.i8(place.idLow);
        out.i4(place.child);
        out.run(place.position, 0, place.position.length);
        out.text(key.table().database());
        out.text(key.table().schema());
        out.text(key.table().name());
        out.text(key.key());
        out.text(key.old());
        return out.toArray();
    }

    /**
     * Takes a head apart.
     *
     * @throws io.deltaforge.api.error.CheckpointException {@code HELD}, naming what is damaged or newer
     */
    static LetterHead decode(long id, byte[] bytes, String what) {
        ByteReader in = new ByteReader(bytes, 0);
        try {
            int version = in.u1();
            int marks = in.u1();
            if (version > VERSION || marks > (SUPERSEDED | TRUNCATED)) {
                throw LetterFormat.newer(what, "it has version " + version + " and marks " + marks);
            }
            Origin origin = new Origin(Stage.valueOf(in.text()), in.text());
            String code = in.text();
            Instant first = LetterFormat.instant(in.i8());
            long behind = in.i8();
            Place place = new Place(in.i8(), in.i8(), in.i4(), in.run());
            Table table = new Table(in.text(), in.optionalText(), in.text());
            EventKey key = new EventKey(table, in.optionalText(), in.optionalText());
            if (version != VERSION || !in.isAtEnd()) {
                throw new IllegalArgumentException("version " + version + ", or more bytes than a head has");
            }
            boolean superseded = (marks & SUPERSEDED) != 0;
            return new LetterHead(
                    id, origin, place, key, code, first, new Marks(superseded, (marks & TRUNCATED) != 0, behind));
        } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException e) {
            throw LetterFormat.damaged(what, "unreadable at byte " + in.position() + " of " + bytes.length, e);
        }
    }
}
