package io.deltaforge.source.postgres.setup;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import io.deltaforge.source.postgres.connect.Connections;
import io.deltaforge.source.postgres.connect.SqlErrors;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * An ordinary session: asks the server, and holds the advisory lock that says which instance owns a slot. The lock goes with
 * the session, so whoever loses the session has lost the lock. Used by one thread; every method blocks for a bounded time.
 */
public final class DatabaseSession implements AutoCloseable {

    private static final int OLDEST_VERSION = 140000;

    /** Sets our locks apart from those of other programs; the ASCII codes of "DeltaFrg". */
    private static final long LOCK_SPACE = 0x44656C7461467267L;

    /** An instance that was killed may hold its lock until the server has noticed. */
    private static final long LOCK_PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(700);

    private static final long RETRY_MILLIS = 20;

    private final Connection connection;
    private final int version;
    private final String versionText;
    private final int timeoutSecs;

    private DatabaseSession(Connection connection, int version, String versionText, int timeoutSecs) {
        this.connection = connection;
        this.version = version;
        this.versionText = versionText;
        this.timeoutSecs = timeoutSecs;
    }

    /** Reads one row of an answer. */
    @FunctionalInterface
    interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /**
     * Connects.
     *
     * @param connections reaches the database
     * @return the session, to be closed by the caller
     */
    public static DatabaseSession open(Connections connections) {
        requireNonNull(connections, "connections is null");
        String doing = "connecting to " + connections.dsn();
        Connection connection = null;
        try {
            connection = connections.open();
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(
                            "SELECT current_setting('server_version_num')::int, current_setting('server_version')")) {
                row.next();
                return new DatabaseSession(connection, row.getInt(1), row.getString(2), connections.timeoutSecs());
            }
        } catch (SQLException e) {
            closeQuietly(connection);
            throw SqlErrors.classify(doing, e);
        }
    }

    /**
     * Returns the server's version for people.
     *
     * @return for example {@code 18.6}
     */
    public String versionText() {
        return versionText.split(" ", 2)[0];
    }

    /** Returns the server's version for decisions: 170004 is 17.4. */
    int version() {
        return version;
    }

    /**
     * Becomes the one instance that may read a slot.
     *
     * @param slot the slot's name
     * @throws SourceException of kind {@code STANDBY} when another instance is
     * @throws InterruptedException when the thread is interrupted
     */
    public void own(String slot) throws InterruptedException {
        long deadline = System.nanoTime() + LOCK_PATIENCE_NANOS;
        while (!tryLock(slot)) {
            if (System.nanoTime() - deadline >= 0) {
                throw new SourceException(
                        ErrorKind.STANDBY,
                        "OWNED_BY_OTHER",
                        "another instance owns slot " + slot
                                + holder(slot)
                                        .map(pid -> ": its session has pid " + pid)
                                        .orElse(""),
                        null);
            }
            Thread.sleep(RETRY_MILLIS);
        }
    }

    private boolean tryLock(String slot) {
        return one("locking slot " + slot, "SELECT pg_try_advisory_lock(?)", row -> row.getBoolean(1), lockKey(slot));
    }

    private Optional<Integer> holder(String slot) {
        long key = lockKey(slot);
        return query(
                        "asking who owns slot " + slot,
                        "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1"
                                + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
                                + " AND classid::bigint = ? AND objid::bigint = ?",
                        row -> row.getInt(1),
                        key >>> 32,
                        key & 0xFFFF_FFFFL)
                .stream()
                .findFirst();
    }

    private static long lockKey(String slot) {
        long key = LOCK_SPACE;
        for (int i = 0; i < slot.length(); i++) {
            key = key * 0x9E3779B97F4A7C15L + slot.charAt(i);
        }
        return key;
    }

    /**
     * Asks how much log a slot makes the server keep; the answer also says that the session, and with it the lock, is still
     * there.
     *
     * @param slot the slot's name
     * @return bytes, 0 for a slot that does not exist; empty when the session is lost, or the server does not answer in time
     */
    public OptionalLong retainedBytes(String slot) {
        try {
            return OptionalLong.of(query(
                            "asking for the log that slot " + slot + " keeps",
                            "SELECT coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0)::bigint"
                                    + " FROM pg_replication_slots WHERE slot_name = ?",
                            row -> row.getLong(1),
                            slot)
                    .stream()
                    .mapToLong(Long::longValue)
                    .sum());
        } catch (SourceException e) {
            return OptionalLong.empty();
        }
    }

    /**
     * Checks what the server must be set to, whatever is read from it.
     *
     * @param findings told what is wrong
     * @throws SourceException of kind {@code RETRIABLE} when the server is a standby: it may be promoted
     */
    public void checkServer(Findings findings) {
        if (version < OLDEST_VERSION) {
            findings.add(
                    "VERSION",
                    "the server is PostgreSQL " + versionText() + ", expected 14 or newer",
                    "upgrade the server");
            return;
        }
        if (one("checking the server", "SELECT pg_is_in_recovery()", row -> row.getBoolean(1))) {
            throw new SourceException(
                    ErrorKind.RETRIABLE,
                    "NOT_PRIMARY",
                    "the server is a standby, expected the primary",
                    "list all servers in the dsn and set target_session_attrs=primary",
                    null);
        }
        String walLevel = setting("wal_level");
        if (!walLevel.equals("logical")) {
            findings.add(
                    "WAL_LEVEL",
                    "wal_level is " + walLevel + ", expected logical",
                    "ALTER SYSTEM SET wal_level = 'logical'; -- then restart the server");
        }
        if (setting("max_wal_senders").equals("0")) {
            findings.add(
                    "MAX_WAL_SENDERS",
                    "max_wal_senders is 0, expected at least 1",
                    "ALTER SYSTEM SET max_wal_senders = 10; -- then restart the server");
        }
    }

    /**
     * Reads a setting of the server as the role sees it.
     *
     * @param name the setting's name
     * @return its value in its base unit (milliseconds for times)
     */
    public String setting(String name) {
        return one(
                "reading setting " + name,
                "SELECT setting FROM pg_settings WHERE name = ?",
                row -> row.getString(1),
                name);
    }

    /**
     * Returns how far the server's log is written and safe; nothing behind it was ever sent.
     *
     * @return an LSN
     */
    public long flushedLsn() {
        return one(
                "asking for the end of the log",
                "SELECT pg_current_wal_flush_lsn()::text",
                row -> Lsns.parse(row.getString(1)));
    }

    <T> T one(String doing, String sql, RowReader<T> reader, Object... arguments) {
        List<T> rows = query(doing, sql, reader, arguments);
        if (rows.size() != 1) {
            throw new SourceException(
                    ErrorKind.FATAL, "DATABASE", doing + ": " + rows.size() + " rows, expected 1", null);
        }
        return rows.get(0);
    }

    <T> List<T> query(String doing, String sql, RowReader<T> reader, Object... arguments) {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.length; i++) {
                statement.setObject(i + 1, arguments[i]);
            }
            List<T> rows = new ArrayList<>();
            try (ResultSet answer = statement.executeQuery()) {
                while (answer.next()) {
                    rows.add(reader.read(answer));
                }
            }
            return rows;
        } catch (SQLException e) {
            throw SqlErrors.classify(doing, e);
        }
    }

    /** Carries out a statement that may wait for others, for a limited time. */
    void execute(String sql, int limitSecs) throws SQLException {
        connection.setNetworkTimeout(Runnable::run, (int) TimeUnit.SECONDS.toMillis(limitSecs + (long) timeoutSecs));
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET statement_timeout = " + TimeUnit.SECONDS.toMillis(limitSecs));
            statement.execute(sql);
            statement.execute("RESET statement_timeout");
        } finally {
            connection.setNetworkTimeout(Runnable::run, (int) TimeUnit.SECONDS.toMillis(timeoutSecs));
        }
    }

    @Override
    public void close() {
        closeQuietly(connection);
    }

    private static void closeQuietly(Connection connection) {
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException e) {
                // It is of no use any more, whatever state it is in.
            }
        }
    }
}
