package io.deltaforge.core.fanout;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the bytes that events keep alive, over all pipelines of a process, against one bound. Half of it is divided among
 * the pipelines for each alone, the other half is for whoever comes first: a pipeline whose sink is down cannot take what
 * the others need to go on. Pipelines may come and go: {@link #divide} says among how many it is divided. Safe from any
 * thread; used per batch.
 */
public final class MemoryBudget {

    private final long maxBytes;
    private final List<Share> shares = new CopyOnWriteArrayList<>();
    private final AtomicLong used = new AtomicLong();
    private volatile long own;

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
        divide(pipelines);
    }

    /**
     * Divides the budget anew. What a pipeline has taken by then beyond its new part it keeps until its sinks are done with it.
     *
     * @param pipelines how many there are; none counts as one
     */
    public void divide(int pipelines) {
        own = maxBytes / 2 / Math.max(1, pipelines);
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
    final class Share implements AutoCloseable {

        private volatile long bytes;
        private boolean closed;

        /** Counts bytes as kept alive, whether or not they fit: what has been read must be kept. */
        synchronized void add(long more) {
            if (!closed) {
                bytes += more;
                used.addAndGet(more);
            }
        }

        /** Counts bytes as given back. */
        void remove(long fewer) {
            add(-fewer);
        }

        /** Says whether more may be read, with bytes that are kept alive and not yet counted. */
        boolean hasRoom(long waiting) {
            long part = own;
            long then = bytes + waiting;
            if (then < part) {
                return true;
            }
            long taken = Math.max(0, then - part);
            for (Share other : shares) {
                taken += other == this ? 0 : Math.max(0, other.bytes - part);
            }
            return taken < maxBytes - maxBytes / 2;
        }

        /** Gives everything back: the pipeline has ended, and nothing of it is waiting any more. */
        @Override
        public synchronized void close() {
            shares.remove(this);
            add(-bytes);
            closed = true;
        }
    }

    /** Makes the share of one pipeline, to be closed when that ends. */
    Share share() {
        Share share = new Share();
        shares.add(share);
        return share;
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
