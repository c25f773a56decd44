package io.deltaforge.server.metrics;

/** How the values of a distribution are kept as whole numbers, and in which buckets; told by the end of its name. */
enum Scale {
    /** Nanoseconds; buckets from 0.1 ms to 30 s. */
    SECONDS(1e9, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
    /** Bytes; buckets from 256 B to 64 MiB. */
    BYTES(1, 256, 1 << 10, 1 << 12, 1 << 14, 1 << 16, 1 << 18, 1 << 20, 1 << 22, 1 << 24, 1 << 26),
    /** Anything counted; buckets from 1 to 100,000. */
    NUMBER(1, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000);

    private final double factor;
    /** Only copies leave. */
    @SuppressWarnings("ImmutableEnumChecker")
    private final double[] bounds;

    Scale(double factor, double... bounds) {
        this.factor = factor;
        this.bounds = bounds;
    }

    static Scale of(String family) {
        if (family.endsWith("_seconds")) {
            return SECONDS;
        }
        return family.endsWith("_bytes") ? BYTES : NUMBER;
    }

    double[] bounds() {
        return bounds.clone();
    }

    long[] keptBounds() {
        long[] kept = new long[bounds.length];
        for (int i = 0; i < bounds.length; i++) {
            kept[i] = kept(bounds[i]);
        }
        return kept;
    }

    long kept(double value) {
        return Math.round(value * factor);
    }

    double shown(long kept) {
        return kept / factor;
    }
}
