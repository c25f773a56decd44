package io.deltaforge.e2e.quickstart;

/** Counts latencies by the millisecond, up to ten seconds. Not thread-safe. */
final class Latencies {
    private static final int BUCKETS = 10_000;

    private final long[] counts = new long[BUCKETS + 1];
    private long total;
    private long max;

    /** Adds one; what clocks make negative counts as zero. */
    void add(long millis) {
        counts[(int) Math.min(BUCKETS, Math.max(0, millis))]++;
        total++;
        max = Math.max(max, millis);
    }

    /**
     * Returns the latency that so many percent do not exceed, in milliseconds; zero if there are none.
     *
     * @param percent 0 to 100
     */
    long percentile(double percent) {
        long rank = (long) Math.ceil(total * percent / 100);
        long sum = 0;
        for (int millis = 0; millis <= BUCKETS; millis++) {
            sum += counts[millis];
            if (sum >= rank) {
                return millis == BUCKETS ? max : millis;
            }
        }
        return max;
    }

    long max() {
        return max;
    }

    /** Adds all of another one and empties it. */
    void take(Latencies other) {
        for (int millis = 0; millis <= BUCKETS; millis++) {
            counts[millis] += other.counts[millis];
            other.counts[millis] = 0;
        }
        total += other.total;
        max = Math.max(max, other.max);
        other.total = 0;
        other.max = 0;
    }
}
