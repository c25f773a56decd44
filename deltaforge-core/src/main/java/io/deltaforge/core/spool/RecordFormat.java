package io.deltaforge.core.spool;

import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.core.stored.BatchFormat;
import io.deltaforge.core.stored.ByteReader;
import io.deltaforge.core.stored.ByteWriter;
import io.deltaforge.core.stored.RestoreContext;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;

/**
 * Writes one batch as one record. Not thread-safe.
 *
 * <p>Stored form: four bytes length of what follows the sum; four bytes CRC32C of that; number of the batch (eight bytes);
 * when it was written, in milliseconds since 1970 (eight bytes); number of events (four bytes); size of the events as written
 * by {@link BatchFormat} (four bytes); the position of its end (four bytes length, bytes); the events as one LZ4 block.
 * Numbers are big endian. A length of 0 is where nothing was written yet.
 */
final class RecordFormat {

    /** Length and sum. */
    static final int PREFIX = 8;

    private static final LZ4Factory LZ4 = LZ4Factory.fastestInstance();

    private final LZ4Compressor compressor = LZ4.fastCompressor();
    private final BatchFormat format = new BatchFormat();
    private final ByteWriter plain = new ByteWriter();
    private final ByteWriter head = new ByteWriter();
    private byte[] out = new byte[1 << 16];

    /** What is known of a record without unpacking it. */
    record Head(long sequence, long writtenAt, int events, int size, StoredBytes end, int payloadAt) {}

    /** Returns the record in a buffer that is used again for the next one. */
    ByteBuffer encode(EventBatch batch, long now) {
        plain.clear();
        format.write(batch.events(), plain);
        byte[] end = batch.end().toBytes();
        head.clear();
        head.i8(batch.sequence());
        head.i8(now);
        head.i4(batch.size());
        head.i4(plain.length());
        head.run(end, 0, end.length);
        int payloadAt = PREFIX + head.length();
        int most = payloadAt + compressor.maxCompressedLength(plain.length());
        if (out.length < most) {
            out = new byte[Math.max(most, (int) Math.min(out.length * 2L, Integer.MAX_VALUE - 8))];
        }
        System.arraycopy(head.array(), 0, out, PREFIX, head.length());
        int packed = compressor.compress(plain.array(), 0, plain.length(), out, payloadAt, out.length - payloadAt);
        int total = payloadAt + packed;
        ByteBuffer record = ByteBuffer.wrap(out, 0, total);
        record.putInt(0, total - PREFIX).putInt(4, sum(out, PREFIX, total - PREFIX));
        return record;
    }

    static int sum(byte[] bytes, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, length);
        return (int) crc.getValue();
    }

    /** Reads the head of a record without its prefix; throws a RuntimeException if it cannot be read. */
    static Head head(byte[] body) {
        ByteReader in = new ByteReader(body, 0);
        return new Head(in.i8(), in.i8(), in.i4(), in.i4(), new StoredBytes(in.run()), in.position());
    }

    /** Unpacks a record without its prefix, which has passed the check of its sum. */
    static EventBatch batch(byte[] body, RestoreContext context, SourcePosition end) {
        Head head = head(body);
        LZ4SafeDecompressor decompressor = LZ4.safeDecompressor();
        try {
            byte[] plain = new byte[head.size()];
            int size = decompressor.decompress(
                    body, head.payloadAt(), body.length - head.payloadAt(), plain, 0, plain.length);
            if (size != plain.length) {
                plain = Arrays.copyOf(plain, size);
            }
            List<ChangeEvent> events = BatchFormat.read(new ByteReader(plain, 0), context);
            if (events.size() != head.events()) {
                throw new IllegalArgumentException(events.size() + " events, and its head says " + head.events());
            }
            return new EventBatch(head.sequence(), events, end);
        } catch (LZ4Exception | BufferUnderflowException | IndexOutOfBoundsException | NegativeArraySizeException e) {
            throw new IllegalArgumentException(e.toString(), e);
        }
    }
}
