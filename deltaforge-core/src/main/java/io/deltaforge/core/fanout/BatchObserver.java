package io.deltaforge.core.fanout;

/** Hears how long a batch takes. Called from any thread, once per batch and sink; must not block. */
public interface BatchObserver {

    /** Hears nothing. */
    BatchObserver NONE = new BatchObserver() {
        @Override
        public void acknowledged(long nanos) {}

        @Override
        public void delivered() {}
    };

    /**
     * One sink holds the batch.
     *
     * @param nanos how long it took from the hand-over
     */
    void acknowledged(long nanos);

    /** Every required sink holds the batch; where none is required, every sink. */
    void delivered();
}
