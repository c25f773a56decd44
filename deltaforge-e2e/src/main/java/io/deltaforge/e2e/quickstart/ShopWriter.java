package io.deltaforge.e2e.quickstart;

import static java.util.Objects.requireNonNull;

import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps the shop busy: a thread that commits transactions at a steady rate and writes each into the ledger once
 * {@code COMMIT} has returned.
 */
final class ShopWriter {
    private final Shop shop;
    private final ShopDatabase database;
    private final Ledger ledger;
    private final int changesPerSecond;
    private final Thread thread = new Thread(this::run, "quickstart-writer");
    private volatile boolean stopping;
    private volatile Exception failure;

    /**
     * Makes a writer; nothing happens yet.
     *
     * @param database used by the writer alone from {@link #start()} until {@link #stop()} has returned
     * @param changesPerSecond how many row changes, at most
     */
    ShopWriter(Shop shop, ShopDatabase database, Ledger ledger, int changesPerSecond) {
        this.shop = requireNonNull(shop, "shop is null");
        this.database = requireNonNull(database, "database is null");
        this.ledger = requireNonNull(ledger, "ledger is null");
        this.changesPerSecond = changesPerSecond;
        thread.setDaemon(true);
    }

    /** Commits what furnishes the shop; blocks. */
    void open() throws SQLException {
        for (ShopTransaction transaction : shop.opening()) {
            execute(transaction);
        }
    }

    /** Starts the load, on the writer's thread. */
    void start() {
        thread.start();
    }

    /** Returns why the writer has stopped by itself, or null. */
    Exception failure() {
        return failure;
    }

    /** Ends the load and blocks until the transaction under way has ended. Idempotent. */
    void stop() throws InterruptedException {
        stopping = true;
        LockSupport.unpark(thread);
        thread.join();
    }

    private void run() {
        try {
            long due = System.nanoTime();
            while (!stopping) {
                ShopTransaction transaction = shop.next();
                execute(transaction);
                // A slow moment is caught up with, a long one is not: no burst without end.
                due = Math.max(due, System.nanoTime() - TimeUnit.SECONDS.toNanos(1))
                        + TimeUnit.SECONDS.toNanos(transaction.changes().size()) / changesPerSecond;
                pause(due);
            }
        } catch (SQLException | RuntimeException e) {
            failure = e;
        }
    }

    private void pause(long due) {
        for (long left = due - System.nanoTime(); left > 0 && !stopping; left = due - System.nanoTime()) {
            LockSupport.parkNanos(this, left);
        }
    }

    private void execute(ShopTransaction transaction) throws SQLException {
        database.execute(transaction);
        if (transaction.rollsBack()) {
            ledger.rolledBack();
        } else {
            shop.committed(transaction);
            ledger.committed(transaction.changes());
        }
    }
}
