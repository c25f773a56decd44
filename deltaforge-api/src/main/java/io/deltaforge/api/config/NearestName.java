package io.deltaforge.api.config;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/**
 * Finds what somebody may have meant, for error messages.
 *
 * @since 0.1.0
 */
public final class NearestName {

    /** Longer texts are no misspelled names, and comparing them takes time. */
    private static final int MAX_LENGTH = 100;

    private NearestName() {}

    /**
     * Returns the nearest of some names, if one is near enough to be meant: at most a third of its letters differ. Letters
     * that changed, were added, left out or swapped count; case and the difference between dash, dot and underscore do not.
     *
     * @param written what was written
     * @param known what could have been meant
     * @return the nearest name, or empty when none is near
     */
    public static Optional<String> of(String written, Collection<String> known) {
        if (written.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        String nearest = null;
        int smallest = Integer.MAX_VALUE;
        for (String name : known) {
            int distance = distance(fold(written), fold(name));
            if (distance < smallest && distance <= Math.max(1, name.length() / 3)) {
                nearest = name;
                smallest = distance;
            }
        }
        return Optional.ofNullable(nearest);
    }

    private static String fold(String name) {
        return name.replace('-', '_').replace('.', '_').toLowerCase(Locale.ROOT);
    }

    /** The Damerau-Levenshtein distance (optimal string alignment). */
    private static int distance(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                int same = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                cost[i][j] = Math.min(Math.min(cost[i - 1][j] + 1, cost[i][j - 1] + 1), cost[i - 1][j - 1] + same);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
                }
            }
        }
        return cost[a.length()][b.length()];
    }
}
