package io.deltaforge.e2e.workload;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps committing transactions at a given rate: small ones, ones above the split limit, {@code COPY} (many rows at one log
 * position), deletes and keys that come back, transactions and savepoints that are rolled back, and a writer whose
 * transactions stay open while many others commit. Every transaction says in table {@code ledger} what it changed.
 *
 * <p>The same seed plans the same transactions per writer. Life cycle: {@link #start}, {@link #stop}. Thread-safe.
 */
public final class Workload implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Workload.class);
    private static final int WRITERS = 5;
    private static final int KEYS_PER_WRITER = 1_000;

    private final WorkloadDatabase database;
    private final long changesPerSecond;
    private final long started = System.nanoTime();
    private final AtomicLong offered = new AtomicLong();
    private final AtomicLong transactions = new AtomicLong();
    private final Map<Long, LedgerEntry> acknowledged = new ConcurrentHashMap<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean running = true;
    private volatile Throwable failure;

    private Workload(WorkloadDatabase database, long changesPerSecond) {
        this.database = database;
        this.changesPerSecond = changesPerSecond;
    }

    /**
     * Starts a load on an empty database.
     *
     * @param database where to
     * @param seed what the transactions are made from
     * @param changesPerSecond how many row changes are offered per second, all writers together
     */
    public static Workload start(WorkloadDatabase database, long seed, long changesPerSecond) {
        Workload workload = new Workload(database, changesPerSecond);
        for (int i = 0; i < WRITERS; i++) {
            KeySpace keys = new KeySpace(i, WRITERS, KEYS_PER_WRITER);
            Writer writer = new Writer(workload, i, seed, keys, i == WRITERS - 1);
            Thread thread = new Thread(() -> workload.run(writer), "writer-" + i);
            thread.setDaemon(true);
            workload.threads.add(thread);
            thread.start();
        }
        return workload;
    }

    private void run(Writer writer) {
        try {
            writer.run();
        } catch (Throwable e) {
            failure = e;
            running = false;
        }
    }

    /** Returns how many row changes were committed, as far as their writers know. */
    public long changes() {
        return offered.get();
    }

    /** Returns how many row changes per second were committed since the start. */
    public double rate() {
        return offered.get() * 1e9 / (System.nanoTime() - started);
    }

    /** Lets the writers finish their transactions and checks that the database has kept what it has acknowledged. */
    public void stop() {
        running = false;
        for (Thread thread : threads) {
            try {
                thread.join(TimeUnit.SECONDS.toMillis(60));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while stopping the workload", e);
            }
            if (thread.isAlive()) {
                throw new IllegalStateException(thread.getName() + " did not end within 60 s");
            }
        }
        if (failure != null) {
            throw new IllegalStateException("the workload failed: " + failure, failure);
        }
        Map<Long, LedgerEntry> ledger = database.ledger();
        acknowledged.forEach((txid, entry) -> {
            if (!entry.equals(ledger.get(txid))) {
                throw new IllegalStateException("the database has lost the acknowledged " + entry);
            }
        });
        LOG.info("Workload: {} changes in {} transactions committed", offered.get(), ledger.size());
    }

    /** Ends the writers without a check. */
    @Override
    public void close() {
        running = false;
        threads.forEach(Thread::interrupt);
    }

    WorkloadDatabase database() {
        return database;
    }

    boolean isRunning() {
        return running;
    }

    void acknowledged(LedgerEntry entry) {
        acknowledged.put(entry.txid(), entry);
    }

    /** Counts committed changes, and holds the writer back as long as it is ahead of the rate. */
    void offered(int changes) {
        transactions.incrementAndGet();
        long due = offered.addAndGet(changes) * 1_000_000_000L / changesPerSecond;
        for (long left = started + due - System.nanoTime();
                left > 0 && running;
                left = started + due - System.nanoTime()) {
            LockSupport.parkNanos(Math.min(left, 20_000_000L));
        }
    }

    /** Keeps a transaction open until so many others have committed. */
    void awaitTransactionsOfOthers(int count) {
        long until = transactions.get() + count;
        while (running && transactions.get() < until) {
            LockSupport.parkNanos(1_000_000L);
        }
    }

    void pause(long millis) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }
}
