package io.deltaforge.e2e.workload;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection that keeps committing transactions on keys of its own. It alone knows its keys' versions, so it can say
 * in each transaction's ledger entry what must arrive. When a commit's answer is lost, the ledger decides.
 */
final class Writer implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Writer.class);
    private static final int OPEN_LONG_TRANSACTION_FOR = 20;

    private final Workload workload;
    private final int index;
    private final Random random;
    private final KeySpace keys;
    private final boolean slow;
    private long transactions;

    Writer(Workload workload, int index, long seed, KeySpace keys, boolean slow) {
        this.workload = workload;
        this.index = index;
        this.random = new Random(seed * 31 + index);
        this.keys = keys;
        this.slow = slow;
    }

    @Override
    public void run() {
        while (workload.isRunning()) {
            try (Connection connection = workload.database().connect()) {
                connection.setAutoCommit(false);
                while (workload.isRunning()) {
                    transaction(connection);
                }
            } catch (SQLException e) {
                LOG.info("Writer {}: connection lost, connecting again: {}", index, e.getMessage());
                workload.pause(200);
            }
        }
    }

    private void transaction(Connection connection) throws SQLException {
        long txid = index + ++transactions * 1_000;
        Plan plan = new Plan(keys, random, txid);
        boolean rollBack = random.nextInt(100) < 5;
        boolean partlyRolledBack = random.nextInt(100) < 5;
        if (partlyRolledBack) {
            Savepoint savepoint = connection.setSavepoint();
            new Statements(connection, txid).apply(new Plan(keys, random, txid).steps());
            connection.rollback(savepoint);
        }
        new Statements(connection, txid).apply(plan.steps());
        if (slow) {
            workload.awaitTransactionsOfOthers(OPEN_LONG_TRANSACTION_FOR);
        }
        if (rollBack) {
            connection.rollback();
            return;
        }
        LedgerEntry entry = plan.ledgerEntry();
        insert(connection, entry);
        commit(connection, entry, plan);
        workload.offered(plan.size() + 1);
    }

    private static void insert(Connection connection, LedgerEntry entry) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("INSERT INTO ledger VALUES (?, ?, ?)")) {
            statement.setLong(1, entry.txid());
            statement.setInt(2, entry.changes());
            statement.setLong(3, entry.checksum());
            statement.execute();
        }
    }

    private void commit(Connection connection, LedgerEntry entry, Plan plan) throws SQLException {
        try {
            connection.commit();
            workload.acknowledged(entry);
        } catch (SQLException e) {
            if (!resolve(entry.txid())) {
                throw e;
            }
        }
        plan.keep();
    }

    /** Asks the database whether a commit without an answer has happened. Blocks until it can be asked. */
    private boolean resolve(long txid) {
        while (true) {
            try (Connection connection = workload.database().connect();
                    PreparedStatement statement = connection.prepareStatement("SELECT 1 FROM ledger WHERE txid = ?")) {
                statement.setLong(1, txid);
                try (ResultSet row = statement.executeQuery()) {
                    return row.next();
                }
            } catch (SQLException e) {
                workload.pause(100);
            }
        }
    }

    /** The changes of one transaction, by statement; the keys they leave behind count only once it is committed. */
    private static final class Plan {
        private final KeySpace.Draft keys;
        private final List<Step> steps = new ArrayList<>();
        private final long txid;

        Plan(KeySpace keys, Random random, long txid) {
            this.keys = keys.draft();
            this.txid = txid;
            int kind = random.nextInt(100);
            if (kind < 20) {
                add(Step.Kind.COPY, this.keys.create(random, 5 + random.nextInt(40)));
            } else if (kind < 28) {
                add(Step.Kind.INSERT, this.keys.create(random, 100 + random.nextInt(400)));
                add(Step.Kind.UPDATE, this.keys.update(random, 200 + random.nextInt(700)));
            } else {
                for (int left = 1 + random.nextInt(3); left > 0; left--) {
                    add(Step.Kind.INSERT, this.keys.create(random, random.nextInt(6)));
                    add(Step.Kind.UPDATE, this.keys.update(random, 1 + random.nextInt(12)));
                    add(Step.Kind.DELETE, this.keys.delete(random, random.nextInt(4)));
                }
            }
            if (random.nextInt(4) == 0) {
                add(Step.Kind.DELETE, this.keys.delete(random, random.nextInt(60)));
            }
        }

        private void add(Step.Kind kind, List<ItemChange> changes) {
            if (!changes.isEmpty()) {
                steps.add(new Step(kind, changes));
            }
        }

        List<Step> steps() {
            return steps;
        }

        int size() {
            return steps.stream().mapToInt(step -> step.changes().size()).sum();
        }

        LedgerEntry ledgerEntry() {
            long checksum = steps.stream()
                    .flatMap(step -> step.changes().stream())
                    .mapToLong(ItemChange::digest)
                    .sum();
            return new LedgerEntry(txid, size(), checksum);
        }

        void keep() {
            keys.keep();
        }
    }
}
