package io.deltaforge.checkpoint.rocksdb;

import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.error.ErrorKind;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small file beside the database that knows that there is one and how far it has come, so that a database which is gone
 * or was cut short is told from a new one.
 *
 * <p>The number is written after the database's own sync and is not synced itself: it may lag behind the database, after a
 * power cut for instance, and can never be ahead of it. Where it is ahead, the database has lost acknowledged writes.
 *
 * <p>Stored form, ASCII, always {@value #LENGTH} bytes: {@code deltaforge-checkpoints 1\nsequence <20 digits> crc32c <8 hex
 * digits>\n}, the checksum over everything before the word {@code crc32c}. It is overwritten in place: within one sector,
 * and thus whole or not at all.
 */
final class Witness implements AutoCloseable {

    static final int LENGTH = 71;

    private static final Logger LOG = LoggerFactory.getLogger(Witness.class);
    private static final String FIRST_LINE = "deltaforge-checkpoints 1\n";

    private final Path path;
    private final RandomAccessFile file;
    private long sequence;
    private boolean complained;

    private Witness(Path path, RandomAccessFile file, long sequence) {
        this.path = path;
        this.file = file;
        this.sequence = sequence;
    }

    /** Tells whether a database was ever made here. */
    static boolean exists(Path path) {
        return Files.exists(path);
    }

    /** Writes down, durably, that a database has been made. */
    static Witness create(Path path, long sequence) {
        Path unfinished = path.resolveSibling(path.getFileName() + ".new");
        try {
            try (RandomAccessFile file = new RandomAccessFile(unfinished.toFile(), "rw")) {
                file.setLength(0);
                file.write(encode(sequence));
                file.getFD().sync();
            }
            Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
            DataDirectory.sync(path.getParent());
        } catch (IOException e) {
            throw StorageFailures.of("write " + path, e);
        }
        return open(path);
    }

    /** Reads what is known of the database. */
    static Witness open(Path path) {
        RandomAccessFile file = null;
        try {
            // Not a FileChannel: an interrupt of the saving thread would close it.
            file = new RandomAccessFile(path.toFile(), "rw");
            byte[] bytes = new byte[LENGTH];
            if (file.length() == LENGTH) {
                file.readFully(bytes);
            }
            return new Witness(path, file, decode(path, bytes));
        } catch (IOException e) {
            closeQuietly(path, file);
            throw StorageFailures.of("read " + path, e);
        } catch (RuntimeException e) {
            closeQuietly(path, file);
            throw e;
        }
    }

    static byte[] encode(long sequence) {
        String checked = FIRST_LINE + String.format("sequence %020d ", sequence);
        byte[] bytes = (checked + String.format("crc32c %08x%n", crc(checked)))
                .replace("\r", "")
                .getBytes(StandardCharsets.US_ASCII);
        if (bytes.length != LENGTH) {
            throw new IllegalStateException("a witness of " + bytes.length + " bytes");
        }
        return bytes;
    }

    private static int crc(String text) {
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.US_ASCII));
        return (int) crc.getValue();
    }

    private static long decode(Path path, byte[] bytes) {
        String text = new String(bytes, StandardCharsets.US_ASCII);
        int digits = FIRST_LINE.length() + "sequence ".length();
        try {
            long sequence = Long.parseLong(text.substring(digits, digits + 20));
            if (Arrays.equals(encode(sequence), bytes)) {
                return sequence;
            }
        } catch (NumberFormatException e) {
            LOG.debug("No number in {}", path, e);
        }
        throw new CheckpointException(
                ErrorKind.HELD,
                "WITNESS_DAMAGED",
                path + ", which tells how far the checkpoints have come, cannot be read; found: " + text.strip(),
                StorageFailures.RESTORE + "; or, if the checkpoints are known to be whole, delete the file",
                null);
    }

    /** How far the database had come for certain. */
    synchronized long sequence() {
        return sequence;
    }

    /** Takes note that the database holds everything up to a number. Does not wait for the disk. */
    synchronized void advance(long durable) {
        if (durable <= sequence) {
            return;
        }
        sequence = durable;
        try {
            file.seek(0);
            file.write(encode(durable));
        } catch (IOException e) {
            // What was saved is durable all the same; the witness has less to compare with.
            if (!complained) {
                complained = true;
                LOG.warn("Cannot update {}", path, e);
            }
        }
    }

    @Override
    public synchronized void close() {
        try {
            file.getFD().sync();
        } catch (IOException e) {
            LOG.debug("Cannot sync {}", path, e);
        }
        closeQuietly(path, file);
    }

    private static void closeQuietly(Path path, RandomAccessFile file) {
        try {
            if (file != null) {
                file.close();
            }
        } catch (IOException e) {
            LOG.debug("Cannot close {}", path, e);
        }
    }
}
