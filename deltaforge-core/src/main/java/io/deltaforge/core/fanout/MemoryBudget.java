package io.deltaforge.core.fanout;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the bytes that events keep alive, over all pipelines of a process, against one bound. Half of it is divided among
 * the pipelines for each alone, the other half is for whoever comes first: a pipeline whose sink is down cannot take what
 * the others need to go on. Safe from any thread; used per batch.
 */
public final class MemoryBudget {

    private final long maxBytes;
    private final long own;
    private final long commonMax;
    private final AtomicLong used = new AtomicLong();
    private final AtomicLong common = new AtomicLong();

    /**
     * Makes a budget for one pipeline.
     *
     * @param maxBytes the bound
     */
    public MemoryBudget(long maxBytes) {
        this(maxBytes, 1);
    }

    /**
     * Makes a budget.
     *
     * @param maxBytes the bound over all pipelines
     * @param pipelines how many there are
     */
    public MemoryBudget(long maxBytes, int pipelines) {
        if (maxBytes < 1 || pipelines < 1) {
            throw new IllegalArgumentException("a memory budget and its number of pipelines must be positive, got "
                    + maxBytes + " and " + pipelines);
        }
        this.maxBytes = maxBytes;
        this.own = maxBytes / 2 / pipelines;
        this.commonMax = maxBytes - own * pipelines;
    }

    /**
     * Makes the budget that suits this process.
     *
     * @param pipelines how many there are
     * @return a quarter of the largest heap, and at most 256 MiB
     */
    public static MemoryBudget ofHeap(int pipelines) {
        return new MemoryBudget(Math.min(256L << 20, Runtime.getRuntime().maxMemory() / 4), pipelines);
    }

    /** What one pipeline has of the budget. */
    final class Share {

        private volatile long bytes;

        /** Counts bytes as kept alive, whether or not they fit: what has been read must be kept. */
        void add(long more) {
            change(more);
        }

        /** Counts bytes as given back. */
        void remove(long fewer) {
            change(-fewer);
        }

        private synchronized void change(long by) {
            long before = bytes;
            long after = before + by;
            bytes = after;
            used.addAndGet(by);
            common.addAndGet(beyondOwn(after) - beyondOwn(before));
        }

        /** Says whether more may be read, with bytes that are kept alive and not yet counted. */
        boolean hasRoom(long waiting) {
            long now = bytes;
            long then = now + waiting;
            return then < own || common.get() + beyondOwn(then) - beyondOwn(now) < commonMax;
        }

        private long beyondOwn(long of) {
            return Math.max(0, of - own);
        }
    }

    /** Makes the share of one pipeline. */
    Share share() {
        return new Share();
    }

    /**
     * Returns what is kept alive.
     *
     * @return bytes
     */
    public long used() {
        return used.get();
    }

    /**
     * Returns the bound.
     *
     * @return bytes
     */
    public long max() {
        return maxBytes;
    }
}
