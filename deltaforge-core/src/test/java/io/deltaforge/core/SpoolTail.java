package io.deltaforge.core;

import io.deltaforge.core.support.Log;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Takes from a spool's file what a power cut may take: everything behind what was synced. */
final class SpoolTail {

    private static final int MAGIC = 8;
    private static final int PREFIX = 8;
    /** Number, time, number of events, size: what stands in front of a record's end. */
    private static final int BEFORE_END = 8 + 8 + 4 + 4 + 4;

    private SpoolTail() {}

    static void cut(Path file, Log.Position synced) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        if (bytes.length < MAGIC + PREFIX) {
            return;
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        int at = MAGIC + PREFIX + buffer.getInt(MAGIC);
        while (at + PREFIX + BEFORE_END + 16 <= bytes.length) {
            int length = buffer.getInt(at);
            int endAt = at + PREFIX + BEFORE_END;
            Log.Position end = new Log.Position(buffer.getLong(endAt), buffer.getLong(endAt + 8));
            if (!new Log.Order().covers(synced, end)) {
                break;
            }
            at += PREFIX + length;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(Math.min(at, bytes.length));
        }
    }
}
