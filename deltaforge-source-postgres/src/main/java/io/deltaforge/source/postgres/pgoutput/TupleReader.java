package io.deltaforge.source.postgres.pgoutput;

import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;

/** Finds the bounds of rows in messages and checks that everything they promise is there; looks into no value. */
final class TupleReader {

    /** From this many columns on a row remembers where its columns are. */
    private static final int WIDE_COLUMNS = 24;

    private TupleReader() {}

    /**
     * Reads one row.
     *
     * @param in stands at the number of columns; afterwards behind the row
     * @param relation the table
     * @param keyOnly whether it is an old key
     * @param old the row that this one replaces, or null
     * @return the row
     */
    static WireRow read(MessageReader in, Relation relation, boolean keyOnly, WireRow old) {
        int countAt = in.position();
        int count = in.uint16("the number of columns");
        int expected = relation.columns.length;
        if (count != expected) {
            throw in.malformed(
                    countAt, "as many columns as in the Relation message are expected, " + expected + ", got " + count);
        }
        int[] offsets = count < WIDE_COLUMNS ? null : new int[count];
        byte[] bytes = in.bytes();
        int start = in.position();
        int end = in.end();
        int at = start;
        boolean incomplete = false;
        for (int i = 0; i < count; i++) {
            if (offsets != null) {
                offsets[i] = at;
            }
            byte kind = at < end ? bytes[at] : 0;
            if (kind == WireRow.BINARY || kind == WireRow.TEXT) {
                int length = end - at < WireRow.VALUE_HEADER_BYTES ? -1 : MessageReader.int32(bytes, at + 1);
                int room = end - at - WireRow.VALUE_HEADER_BYTES;
                if (length < 0 || length > room) {
                    throw in.malformed(
                            at,
                            column(relation, i) + " expects a length and as many bytes, got the length " + length
                                    + " and " + Math.max(room, 0) + " bytes");
                }
                if (relation.needsText && kind == WireRow.BINARY && relation.binary[i] == null) {
                    throw textModeNeeded(relation, i);
                }
                at += WireRow.VALUE_HEADER_BYTES + length;
            } else if (kind == WireRow.NULL || kind == WireRow.UNCHANGED) {
                incomplete |= kind == WireRow.UNCHANGED;
                at++;
            } else {
                throw in.malformed(
                        at,
                        column(relation, i) + " expects n, u, t or b, got "
                                + (at < end ? "0x" + Integer.toHexString(kind & 0xFF) : "the end of the message"));
            }
        }
        in.position(at);
        return new WireRow(relation, bytes, new WireRow.Range(start, at, offsets), keyOnly, incomplete ? old : null);
    }

    private static SourceException textModeNeeded(Relation relation, int column) {
        return new SourceException(
                ErrorKind.RETRIABLE,
                PgOutputDecoder.TEXT_MODE_NEEDED,
                column(relation, column) + " of " + relation
                        + " came in a binary form that is not known; the stream has to be opened in text mode",
                null);
    }

    private static String column(Relation relation, int column) {
        return "column " + relation.columns[column].name() + " (" + relation.columns[column].sourceType() + ")";
    }
}
