package io.deltaforge.source.postgres.pgoutput;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/**
 * One type to be tried.
 *
 * @param type its name in SQL
 * @param binary whether its binary form is known
 * @param literals whether the server prints the values exactly as they are written here
 * @param extremes values at the edges; null among them stands for NULL
 * @param random makes more values
 */
record TypeCase(String type, boolean binary, boolean literals, List<String> extremes, Function<Random, String> random) {

    private static final int RANDOM_VALUES = 1_000;

    /** A type whose values the server prints as they are written. */
    static TypeCase exact(String type, Function<Random, String> random, String... extremes) {
        return new TypeCase(type, true, true, Arrays.asList(extremes), random);
    }

    /** A type whose values the server prints in a way of its own. */
    static TypeCase normalised(String type, Function<Random, String> random, String... extremes) {
        return new TypeCase(type, true, false, Arrays.asList(extremes), random);
    }

    /** A type that is only read in text mode. */
    static TypeCase textOnly(String type, Function<Random, String> random, String... extremes) {
        return new TypeCase(type, false, false, Arrays.asList(extremes), random);
    }

    /** Returns NULL, the extremes and the random values. */
    List<String> values(Random source) {
        List<String> values = new ArrayList<>();
        values.add(null);
        values.addAll(extremes);
        for (int i = 0; i < RANDOM_VALUES; i++) {
            values.add(random.apply(source));
        }
        return values;
    }

    boolean isArray() {
        return type.endsWith("[]") || type.equals("int_list");
    }

    boolean isFloat() {
        return type.startsWith("float");
    }

    char delimiter() {
        return type.equals("box[]") ? ';' : ',';
    }

    @Override
    public String toString() {
        return type;
    }
}
