package io.deltaforge.checkpoint.rocksdb;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Keys of the database: the pipeline's name in UTF-8, a zero byte, the entry's key in UTF-8. A pipeline's name holds no
 * zero, so the first one separates and two different pairs never share a key. Names of pipelines are never empty: keys that
 * start with zero are the store's own.
 */
final class EntryKey {

    static final int LONGEST = 200;

    /** Which schema the database has: a zero byte and {@code schema}. */
    static final byte[] SCHEMA = "\0schema".getBytes(StandardCharsets.US_ASCII);

    private EntryKey() {}

    /** The key of one entry. */
    static byte[] of(String pipeline, String key) {
        requireNonNull(key, "key is null");
        if (key.isEmpty() || key.length() > LONGEST) {
            throw new IllegalArgumentException(
                    "a key is 1 to " + LONGEST + " characters long, this one is " + key.length());
        }
        byte[] prefix = prefix(pipeline);
        ByteBuffer suffix = utf8(key);
        byte[] bytes = new byte[prefix.length + suffix.remaining()];
        System.arraycopy(prefix, 0, bytes, 0, prefix.length);
        suffix.get(bytes, prefix.length, suffix.remaining());
        return bytes;
    }

    /** What all keys of a pipeline start with, and no others. */
    static byte[] prefix(String pipeline) {
        requireNonNull(pipeline, "pipeline is null");
        if (pipeline.isEmpty() || pipeline.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("not a pipeline's name: \"" + pipeline + '"');
        }
        ByteBuffer name = utf8(pipeline);
        byte[] bytes = new byte[name.remaining() + 1];
        name.get(bytes, 0, bytes.length - 1);
        return bytes;
    }

    /** The entry's key within a database key with a prefix of that length. */
    static String name(byte[] key, int prefixLength) {
        return new String(key, prefixLength, key.length - prefixLength, StandardCharsets.UTF_8);
    }

    /** Refuses half characters: replaced by question marks, two different keys would become one. */
    private static ByteBuffer utf8(String text) {
        try {
            return StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("not valid Unicode: \"" + text + '"', e);
        }
    }
}
