package io.deltaforge.e2e.workload;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * One transaction of new rows, as many as are wanted, made inside the database, with its ledger entry. For one thread.
 */
public final class BigTransaction implements AutoCloseable {

    /** SHA-256 of op, id and version as {@link ItemChange#digest()} writes them, and the first 8 bytes of it as a number. */
    private static final String DIGEST = "('x' || encode(substr(sha256('\\x63'::bytea || int8send(id) || int8send(1)"
            + " || convert_to(note, 'UTF8')), 1, 8), 'hex'))::bit(64)::bigint";

    private final Connection connection;
    private final long txid;
    private long least = Long.MAX_VALUE;
    private long most = Long.MIN_VALUE;

    private BigTransaction(Connection connection, long txid) {
        this.connection = connection;
        this.txid = txid;
    }

    /** Begins a transaction with a number that no other one of the database has. */
    public static BigTransaction begin(WorkloadDatabase database, long txid) {
        try {
            Connection connection = database.connect();
            connection.setAutoCommit(false);
            return new BigTransaction(connection, txid);
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** Inserts rows with keys from {@code first} on, which must be new. */
    public void insert(long first, int count) {
        insert(first, count, 40);
    }

    /** Inserts rows with texts of about so many characters. */
    public void insert(long first, int count, int noteLength) {
        String sql = "INSERT INTO item SELECT id, 1, ?, repeat(md5(id::text), ?) FROM generate_series(?, ?) id";
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setLong(1, txid);
            insert.setInt(2, Math.max(1, noteLength / 32));
            insert.setLong(3, first);
            insert.setLong(4, first + count - 1);
            insert.executeUpdate();
            least = Math.min(least, first);
            most = Math.max(most, first + count - 1);
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** Writes the ledger entry and commits. */
    public void commit() {
        try (Statement statement = connection.createStatement()) {
            // The keys are there for their index: without it every commit would read the whole table.
            // bigint overflow is an error in SQL and wraps around in Java: the sum is taken exactly and cut to 64 bits.
            statement.execute("INSERT INTO ledger SELECT " + txid + ", count(*), ((mod(sum(" + DIGEST
                    + "::numeric), 18446744073709551616) + 27670116110564327424) % 18446744073709551616"
                    + " - 9223372036854775808)::bigint FROM item WHERE txid = " + txid
                    + " AND id BETWEEN " + least + " AND " + most);
            connection.commit();
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private static IllegalStateException failed(SQLException e) {
        return new IllegalStateException("the transaction failed: " + e.getMessage(), e);
    }

    /** Rolls back what is not committed. */
    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw failed(e);
        }
    }
}
