package io.deltaforge.e2e.workload;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** The keys of one writer with their versions. Not thread-safe. */
final class KeySpace {

    private static final String[] SPICES = {
        "", "\"quoted\"", "back\\slash", "tab\t", "line\n", "é", "漢字", "😀", "\u2028", "<&>"
    };

    private final long first;
    private final long stride;
    private final long[] versions;
    private final boolean[] alive;

    /**
     * @param first the smallest key
     * @param stride the distance of two keys
     * @param size how many keys
     */
    KeySpace(long first, long stride, int size) {
        this.first = first;
        this.stride = stride;
        this.versions = new long[size];
        this.alive = new boolean[size];
    }

    /** Starts a transaction: a copy that counts once it is kept. */
    Draft draft() {
        return new Draft();
    }

    /** What the keys are inside a transaction that is not committed yet. */
    final class Draft {
        private final long[] draftVersions = versions.clone();
        private final boolean[] draftAlive = alive.clone();

        /** Makes up to so many rows of keys that have none. */
        List<ItemChange> create(Random random, int atMost) {
            return change('c', random, atMost, false, true);
        }

        /** Changes up to so many rows, each once. */
        List<ItemChange> update(Random random, int atMost) {
            return change('u', random, atMost, true, true);
        }

        /** Removes up to so many rows. */
        List<ItemChange> delete(Random random, int atMost) {
            return change('d', random, atMost, true, false);
        }

        private List<ItemChange> change(char op, Random random, int atMost, boolean from, boolean to) {
            List<ItemChange> changes = new ArrayList<>();
            int start = random.nextInt(versions.length);
            boolean[] touched = new boolean[versions.length];
            for (int i = 0; i < versions.length && changes.size() < atMost; i++) {
                int key = (start + i * 7) % versions.length;
                if (draftAlive[key] == from && !touched[key]) {
                    touched[key] = true;
                    draftAlive[key] = to;
                    String note = op == 'd' ? "" : note(random);
                    changes.add(new ItemChange(op, first + key * stride, ++draftVersions[key], note));
                }
            }
            return changes;
        }

        /** The transaction is committed. */
        void keep() {
            System.arraycopy(draftVersions, 0, versions, 0, versions.length);
            System.arraycopy(draftAlive, 0, alive, 0, alive.length);
        }
    }

    private static String note(Random random) {
        char[] filler = new char[20 + random.nextInt(100)];
        Arrays.fill(filler, (char) ('a' + random.nextInt(26)));
        return Long.toHexString(random.nextLong()) + SPICES[random.nextInt(SPICES.length)] + new String(filler);
    }
}
