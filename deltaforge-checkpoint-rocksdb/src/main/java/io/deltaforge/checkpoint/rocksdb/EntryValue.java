package io.deltaforge.checkpoint.rocksdb;

import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.error.ErrorKind;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Values of the database: one byte version, four bytes CRC32C (big endian) over the version, the database key and the
 * payload, then the payload. The key is part of the sum, so that a value which turns up under another key is noticed.
 */
final class EntryValue {

    static final int VERSION = 1;
    private static final int HEADER = 5;

    private EntryValue() {}

    static byte[] encode(byte[] key, byte[] payload) {
        ByteBuffer value = ByteBuffer.allocate(HEADER + payload.length);
        value.put((byte) VERSION).putInt(crc(VERSION, key, payload, 0)).put(payload);
        return value.array();
    }

    /**
     * Takes a value apart.
     *
     * @param key the database key
     * @param value the database value
     * @param what what it is, for the message
     * @throws CheckpointException {@code HELD}, naming what is damaged or newer
     */
    static byte[] decode(byte[] key, byte[] value, String what) {
        if (value.length < HEADER) {
            throw StorageFailures.damaged(
                    what + " is " + value.length + " bytes long, and no value is shorter than " + HEADER, null);
        }
        int version = value[0] & 0xff;
        if (version > VERSION) {
            throw newer(what, version, VERSION);
        }
        int stored = ByteBuffer.wrap(value).getInt(1);
        int computed = crc(version, key, value, HEADER);
        if (version != VERSION || stored != computed) {
            throw StorageFailures.damaged(
                    String.format(
                            "%s (version %d) does not match its checksum: stored %08x, computed %08x",
                            what, version, stored, computed),
                    null);
        }
        return Arrays.copyOfRange(value, HEADER, value.length);
    }

    static CheckpointException newer(String what, int found, int known) {
        return new CheckpointException(
                ErrorKind.HELD,
                "CHECKPOINTS_NEWER",
                what + " has version " + found + ", and this release knows versions up to " + known,
                "run the release that wrote the data directory, or a later one",
                null);
    }

    private static int crc(int version, byte[] key, byte[] bytes, int from) {
        CRC32C crc = new CRC32C();
        crc.update(version);
        crc.update(key);
        crc.update(bytes, from, bytes.length - from);
        return (int) crc.getValue();
    }
}
