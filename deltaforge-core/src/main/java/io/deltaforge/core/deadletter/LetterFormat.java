package io.deltaforge.core.deadletter;

import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.core.deadletter.DeadLetter.Cause;
import io.deltaforge.core.deadletter.DeadLetter.Edit;
import io.deltaforge.core.deadletter.DeadLetter.State;
import io.deltaforge.core.deadletter.DeadLetter.Status;
import io.deltaforge.core.deadletter.DeadLetter.Tries;
import io.deltaforge.core.deadletter.Origin.Stage;
import io.deltaforge.core.stored.ByteReader;
import io.deltaforge.core.stored.ByteWriter;
import io.deltaforge.core.stored.EventFormat;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Writes a dead letter.
 *
 * <p>Stored form: one byte version; four bytes CRC32C over the version and everything behind the sum; one byte marks, of
 * which 1 is "truncated" and the others are for later; the origin's stage and name (texts); kind, code and message of the
 * failure (texts), its remedy (text, null for none); number of tries (four bytes), first and latest in microseconds since
 * 1970 (eight bytes each); from version 2 on the number of edits (four bytes) and per edit its time in the same microseconds,
 * who made it (text), the number of columns (four bytes) and their names (texts); the event ({@link EventFormat}). Numbers are
 * big endian; a text is four bytes length and UTF-8, the length -1 for null.
 */
final class LetterFormat {

    static final int VERSION = 2;

    private static final int WITHOUT_EDITS = 1;

    private static final int SUM_AT = 1;
    private static final int HEADER = 5;
    private static final int TRUNCATED = 1;

    private LetterFormat() {}

    static byte[] encode(Origin origin, ChangeEvent event, Cause cause, Tries tries, boolean truncated) {
        return encode(origin, event, cause, tries, truncated, List.of());
    }

    /** The letter as it is, with another reason or other tries. */
    static byte[] encode(DeadLetter letter, Cause cause, Tries tries) {
        return encode(
                letter.origin(),
                letter.event(),
                cause,
                tries,
                letter.truncated(),
                letter.state().edits());
    }

    static byte[] encode(
            Origin origin, ChangeEvent event, Cause cause, Tries tries, boolean truncated, List<Edit> edits) {
        ByteWriter out = new ByteWriter();
        out.u1(VERSION);
        out.i4(0);
        out.u1(truncated ? TRUNCATED : 0);
        out.text(origin.stage().name());
        out.text(origin.name());
        out.text(cause.kind());
        out.text(cause.code());
        out.text(cause.message());
        out.text(cause.remedy().orElse(null));
        out.i4(tries.count());
        out.i8(micros(tries.first()));
        out.i8(micros(tries.last()));
        out.i4(edits.size());
        for (Edit edit : edits) {
            out.i8(micros(edit.at()));
            out.text(edit.by());
            out.i4(edit.columns().size());
            edit.columns().forEach(out::text);
        }
        EventFormat.write(event, out);
        byte[] bytes = out.toArray();
        ByteBuffer.wrap(bytes).putInt(SUM_AT, sum(bytes));
        return bytes;
    }

    /**
     * Takes a letter apart.
     *
     * @param id its number
     * @param bytes what was stored
     * @param what what it is, for the message
     * @throws CheckpointException {@code HELD}, naming what is damaged or newer, and where
     */
    static DeadLetter decode(long id, byte[] bytes, String what) {
        if (bytes.length < HEADER) {
            throw damaged(what, "it is " + bytes.length + " bytes long, and none is shorter than " + HEADER, null);
        }
        int version = bytes[0] & 0xff;
        if (version > VERSION) {
            throw newer(what, "it has version " + version + ", and this release knows versions up to " + VERSION);
        }
        int stored = ByteBuffer.wrap(bytes).getInt(SUM_AT);
        if (version < WITHOUT_EDITS || stored != sum(bytes)) {
            throw damaged(
                    what,
                    String.format("version %d, checksum %08x stored, %08x computed", version, stored, sum(bytes)),
                    null);
        }
        ByteReader in = new ByteReader(bytes, HEADER);
        try {
            return read(id, in, version, what);
        } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException e) {
            throw damaged(what, "unreadable at byte " + in.position() + " of " + bytes.length + ": " + e, e);
        }
    }

    private static DeadLetter read(long id, ByteReader in, int version, String what) {
        int marks = in.u1();
        if ((marks & ~TRUNCATED) != 0) {
            throw newer(what, "it has marks that this release does not know: " + marks);
        }
        Origin origin = new Origin(Stage.valueOf(in.text()), in.text());
        Cause cause = new Cause(in.text(), in.text(), in.text(), Optional.ofNullable(in.optionalText()));
        Tries tries = new Tries(in.i4(), instant(in.i8()), instant(in.i8()));
        State state = new State(Status.WAITING, 0, version == WITHOUT_EDITS ? List.of() : edits(in));
        ChangeEvent event = EventFormat.read(in);
        if (!in.isAtEnd()) {
            throw new IllegalArgumentException("more bytes than an event has");
        }
        return new DeadLetter(id, origin, event, cause, tries, marks == TRUNCATED, in.array().length, state);
    }

    private static List<Edit> edits(ByteReader in) {
        List<Edit> edits = new ArrayList<>();
        for (int left = in.i4(); left > 0; left--) {
            Instant at = instant(in.i8());
            String by = in.text();
            List<String> columns = new ArrayList<>();
            for (int names = in.i4(); names > 0; names--) {
                columns.add(in.text());
            }
            edits.add(new Edit(at, by, columns));
        }
        return edits;
    }

    static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }

    static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    private static int sum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes[0]);
        crc.update(bytes, HEADER, bytes.length - HEADER);
        return (int) crc.getValue();
    }

    static CheckpointException damaged(String what, String why, Throwable cause) {
        return new CheckpointException(
                ErrorKind.HELD,
                "DEAD_LETTERS_DAMAGED",
                what + " is damaged: " + why,
                "restore the data directory from a copy made while DeltaForge was stopped; it is kept as it is, and"
                        + " nothing is put aside or forgotten until then",
                cause);
    }

    static CheckpointException newer(String what, String why) {
        return new CheckpointException(
                ErrorKind.HELD,
                "DEAD_LETTERS_NEWER",
                what + " is of a later release: " + why,
                "run the release that wrote the data directory, or a later one",
                null);
    }
}
