package io.deltaforge.sink.kafka;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds what somebody who mistyped a name may have meant. */
final class NearestName {

    private NearestName() {}

    /** Returns the known name with the fewest letters to change, if those are few enough. */
    static Optional<String> to(String name, Collection<String> known) {
        int limit = Math.max(2, name.length() / 4);
        return known.stream()
                .min(Comparator.<String>comparingInt(each -> distance(name, each))
                        .thenComparing(each -> each))
                .filter(each -> distance(name, each) <= limit);
    }

    /** Returns the Levenshtein distance: how many letters to insert, drop or replace. */
    static int distance(String one, String other) {
        int[] above = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int[] row = new int[other.length() + 1];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int replace = above[j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replace, 1 + Math.min(above[j], row[j - 1]));
            }
            above = row;
        }
        return above[other.length()];
    }
}
