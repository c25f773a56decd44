package io.deltaforge.checkpoint.rocksdb;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Looks through a log of RocksDB (write-ahead log or manifest) for what makes RocksDB 11.8 hang: a record of a kind that
 * only recycled logs have, which is what garbage behind the last record may look like. RocksDB then reads the same place
 * again without end. This database recycles no logs, so such a record is damage.
 *
 * <p>The format is that of RocksDB's {@code db/log_format.h}: blocks of 32 KiB, in each records of four bytes checksum, two
 * bytes length (little endian), one byte kind, and the content; fewer than seven bytes at the end of a block are padding.
 * Checksums are RocksDB's to verify.
 */
final class LogRecords {

    private static final int BLOCK = 32 << 10;
    private static final int HEADER = 7;
    private static final int LENGTH_AT = 4;
    private static final int KIND_AT = 6;

    private LogRecords() {}

    /**
     * Refuses a log with a record that RocksDB cannot get over.
     *
     * @throws io.deltaforge.api.error.CheckpointException {@code HELD}, naming file and place
     */
    static void check(Path file) {
        ByteBuffer bytes;
        try {
            bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw StorageFailures.of("read " + file, e);
        }
        for (int block = 0; block < bytes.capacity(); block += BLOCK) {
            checkBlock(file, bytes, block, Math.min(block + BLOCK, bytes.capacity()));
        }
    }

    private static void checkBlock(Path file, ByteBuffer bytes, int start, int end) {
        int at = start;
        while (at + HEADER <= end) {
            int kind = Byte.toUnsignedInt(bytes.get(at + KIND_AT));
            if (isRecycled(kind)) {
                throw StorageFailures.damaged(
                        file + " is damaged: at byte " + at + " is a record of kind " + kind
                                + ", which only recycled logs have",
                        null);
            }
            at += HEADER + Short.toUnsignedInt(bytes.getShort(at + LENGTH_AT));
        }
    }

    /** The kinds that carry the number of their log. */
    private static boolean isRecycled(int kind) {
        return kind >= 5 && kind <= 8 || kind == 11 || kind == 131;
    }
}
