package io.deltaforge.core.fanout;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the bytes that events keep alive, over all pipelines of a process, against one bound. Safe from any thread; used
 * per batch.
 */
public final class MemoryBudget {

    private final long maxBytes;
    private final AtomicLong used = new AtomicLong();

    /**
     * Makes a budget.
     *
     * @param maxBytes the bound
     */
    public MemoryBudget(long maxBytes) {
        if (maxBytes < 1) {
            throw new IllegalArgumentException("a memory budget must be positive, got " + maxBytes);
        }
        this.maxBytes = maxBytes;
    }

    /**
     * Makes the budget that suits this process.
     *
     * @return a quarter of the largest heap, and at most 256 MiB
     */
    public static MemoryBudget ofHeap() {
        return new MemoryBudget(Math.min(256L << 20, Runtime.getRuntime().maxMemory() / 4));
    }

    /**
     * Counts bytes as kept alive, whether or not they fit: what has been read must be kept.
     *
     * @param bytes how many
     */
    public void add(long bytes) {
        used.addAndGet(bytes);
    }

    /**
     * Counts bytes as given back.
     *
     * @param bytes as given to {@link #add}
     */
    public void remove(long bytes) {
        used.addAndGet(-bytes);
    }

    /**
     * Says whether more may be read.
     *
     * @param waiting bytes that are kept alive and not yet counted
     * @return false at or above the bound
     */
    public boolean hasRoom(long waiting) {
        return used.get() + waiting < maxBytes;
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
