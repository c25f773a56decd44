package io.deltaforge.testkit.gtid;

import java.nio.charset.StandardCharsets;

/** 64-bit FNV-1a (Fowler, Noll and Vo), finished with a mixer so that near texts give far values. */
final class Hashes {

    private static final long OFFSET = 0xCBF29CE484222325L;
    private static final long PRIME = 0x100000001B3L;
    private static final long MIX = 0xFF51AFD7ED558CCDL;

    private Hashes() {}

    static long of(String text, int salt) {
        long hash = OFFSET ^ salt;
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xFF)) * PRIME;
        }
        hash = (hash ^ (hash >>> 33)) * MIX;
        return hash ^ (hash >>> 33);
    }
}
