package io.deltaforge.e2e.run;

import java.util.Random;

/** The seed of a random test: printed with every failure, and set with {@code -Ddeltaforge.seed=N} to repeat one. */
public final class Seeds {

    private static final String PROPERTY = "deltaforge.seed";

    private Seeds() {}

    /** Returns the seed that was asked for, or a new one. */
    public static long seed() {
        Long given = Long.getLong(PROPERTY);
        return given != null ? given : new Random().nextInt(1_000_000);
    }

    /** Returns what to say with a failure. */
    public static String describe(long seed) {
        return "repeat with -D" + PROPERTY + "=" + seed;
    }
}
