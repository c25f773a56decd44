package io.deltaforge.core.fanout;

import java.util.Random;

/** Texts that do not become smaller when they are stored, so that a spool of a few of them has many segments. */
final class Notes {

    private Notes() {}

    static String ofSize(int length, long seed) {
        return new Random(seed)
                .ints(length, '0', 'z')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
