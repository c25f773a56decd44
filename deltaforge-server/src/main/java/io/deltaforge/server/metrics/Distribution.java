package io.deltaforge.server.metrics;

import com.codahale.metrics.Histogram;

/** A histogram of the registry with the buckets that it is shown in. */
final class Distribution extends Histogram implements io.deltaforge.api.metrics.Histogram {

    private final BucketReservoir reservoir;
    private final Scale scale;

    Distribution(Scale scale) {
        this(new BucketReservoir(scale.keptBounds()), scale);
    }

    private Distribution(BucketReservoir reservoir, Scale scale) {
        super(reservoir);
        this.reservoir = reservoir;
        this.scale = scale;
    }

    @Override
    public void observe(double value) {
        update(scale.kept(value));
    }

    @Override
    public void observeNanos(long nanos) {
        update(scale == Scale.SECONDS ? nanos : scale.kept(nanos / 1e9));
    }

    double[] bounds() {
        return scale.bounds();
    }

    long[] counts() {
        return reservoir.counts();
    }

    double sum() {
        return scale.shown(reservoir.sum());
    }
}
