package io.deltaforge.testkit.gtid;

import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import io.deltaforge.api.event.SourcePosition;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/** A position in the snapshot or in the log behind it. Stored as text with a checksum. */
interface GtidPosition extends SourcePosition {

    /** What was executed when the snapshot was taken, or before the transaction that the position is in. */
    GtidSet executed();

    /** The snapshot that the pipeline began with; positions behind different snapshots cannot be compared. */
    String snapshot();

    /** In the log: everything in {@code executed}, and of the transaction {@code current} the events up to an ordinal. */
    record InLog(String snapshot, GtidSet executed, Gtid current, long ordinal) implements GtidPosition {

        static InLog after(String snapshot, GtidSet executed) {
            return new InLog(snapshot, executed, null, -1);
        }

        @Override
        public byte[] toBytes() {
            return checked("log;" + snapshot + ";" + executed + ";" + (current == null ? "" : current) + ";" + ordinal);
        }

        @Override
        public String toString() {
            return executed + (current == null ? "" : " " + current + "+" + ordinal);
        }
    }

    /** In the snapshot: all tables before {@code table}, all chunks before {@code chunk}, and rows up to {@code key}. */
    record InSnapshot(String snapshot, GtidSet executed, int table, int chunk, long key) implements GtidPosition {

        /** Behind every key of a chunk. */
        static final long CHUNK_END = Long.MAX_VALUE;

        /** Before every key of a chunk. */
        static final long CHUNK_START = Long.MIN_VALUE;

        boolean isAtOrBehind(InSnapshot other) {
            if (table != other.table) {
                return table > other.table;
            }
            return chunk != other.chunk ? chunk > other.chunk : key >= other.key;
        }

        @Override
        public byte[] toBytes() {
            return checked("snapshot;" + snapshot + ";" + executed + ";" + table + ";" + chunk + ";" + key);
        }

        @Override
        public String toString() {
            String row = key == CHUNK_END ? " end" : key == CHUNK_START ? "" : " key " + key;
            return "snapshot " + snapshot + " table " + table + " chunk " + chunk + row;
        }
    }

    private static byte[] checked(String text) {
        return (text + ";" + checksum(text)).getBytes(StandardCharsets.UTF_8);
    }

    private static String checksum(String text) {
        CRC32 crc = new CRC32();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return Long.toHexString(crc.getValue() | 0x1_0000_0000L);
    }

    static GtidPosition parse(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        int end = text.lastIndexOf(';');
        if (end < 0 || !text.substring(end + 1).equals(checksum(text.substring(0, end)))) {
            throw unreadable(bytes.length, null);
        }
        String[] parts = text.substring(0, end).split(";", -1);
        try {
            GtidSet executed = GtidSet.parse(parts[2]);
            if (parts[0].equals("log")) {
                Gtid current = parts[3].isEmpty() ? null : Gtid.parse(parts[3]);
                return new InLog(parts[1], executed, current, Long.parseLong(parts[4]));
            }
            return new InSnapshot(
                    parts[1],
                    executed,
                    Integer.parseInt(parts[3]),
                    Integer.parseInt(parts[4]),
                    Long.parseLong(parts[5]));
        } catch (RuntimeException e) {
            throw unreadable(bytes.length, e);
        }
    }

    private static SourceException unreadable(int length, Throwable cause) {
        return new SourceException(
                ErrorKind.HELD,
                "POSITION_UNREADABLE",
                "these " + length + " bytes are not a position of this database",
                "restore the positions from a copy",
                cause);
    }
}
