package io.deltaforge.e2e.workload;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * One change of one row of table {@code item}.
 *
 * @param op {@code c}, {@code u} or {@code d}
 * @param id the row's key
 * @param version 1 for the first change of the key and one more with each, deletes included
 * @param note the row's text after the change; empty for deletes
 */
public record ItemChange(char op, long id, long version, String note) {

    public ItemChange {
        requireNonNull(note, "note is null");
    }

    /**
     * Returns what the change adds to its transaction's checksum, which is a sum, so that the order in which a statement
     * touches its rows does not matter. A delete's version is left out: its event carries the key alone.
     */
    public long digest() {
        MessageDigest sha = sha256();
        sha.update((byte) op);
        sha.update(ByteBuffer.allocate(16)
                .putLong(id)
                .putLong(op == 'd' ? 0 : version)
                .flip());
        sha.update(note.getBytes(StandardCharsets.UTF_8));
        return ByteBuffer.wrap(sha.digest()).getLong();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
