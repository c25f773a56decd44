package io.deltaforge.core.spool;

/** A position as it is stored. Nobody changes the array. */
final class StoredBytes {

    private final byte[] bytes;

    StoredBytes(byte[] bytes) {
        this.bytes = bytes;
    }

    byte[] array() {
        return bytes;
    }
}
