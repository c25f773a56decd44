package io.deltaforge.server.metrics;

import com.codahale.metrics.Reservoir;
import com.codahale.metrics.Snapshot;
import com.codahale.metrics.UniformSnapshot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts values in fixed buckets and forgets none, so that distributions of several processes add up. Costs two striped
 * additions per value.
 */
final class BucketReservoir implements Reservoir {

    private static final int MAX_SHOWN = 1_000;

    private final long[] bounds;
    private final LongAdder[] counts;
    private final LongAdder sum = new LongAdder();

    /** Makes buckets up to and including each bound, and one for all above. */
    BucketReservoir(long[] bounds) {
        this.bounds = bounds.clone();
        this.counts = new LongAdder[bounds.length + 1];
        Arrays.setAll(counts, i -> new LongAdder());
    }

    @Override
    public void update(long value) {
        int at = Arrays.binarySearch(bounds, value);
        counts[at < 0 ? -at - 1 : at].increment();
        sum.add(value);
    }

    /** The number of values in each bucket, not cumulated; the last is that of all above the bounds. */
    long[] counts() {
        return Arrays.stream(counts).mapToLong(LongAdder::sum).toArray();
    }

    long sum() {
        return sum.sum();
    }

    @Override
    public int size() {
        return counts.length;
    }

    /** A sample in which each bucket is present by its bound, in proportion; for reporters that want quantiles. */
    @Override
    public Snapshot getSnapshot() {
        long[] now = counts();
        long total = Arrays.stream(now).sum();
        List<Long> sample = new ArrayList<>();
        for (int i = 0; i < now.length; i++) {
            long copies = total <= MAX_SHOWN ? now[i] : Math.round((double) now[i] * MAX_SHOWN / total);
            long shown = bounds[Math.min(i, bounds.length - 1)];
            for (long copy = 0; copy < copies; copy++) {
                sample.add(shown);
            }
        }
        return new UniformSnapshot(sample);
    }
}
