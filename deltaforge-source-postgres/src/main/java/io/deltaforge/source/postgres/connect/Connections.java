package io.deltaforge.source.postgres.connect;

import static java.util.Objects.requireNonNull;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/** Opens connections to one database. Stateless and safe from any thread; every method blocks for a bounded time. */
public final class Connections {

    /** What pgjdbc must know of the server before it says so, to log in to a replication session: any supported version. */
    private static final String OLDEST_VERSION = "14";

    private final Dsn dsn;
    private final String applicationName;
    private final int timeoutSecs;

    /**
     * Makes an opener; does no I/O.
     *
     * @param dsn where the database is
     * @param applicationName what the sessions are called in {@code pg_stat_activity}
     * @param timeoutSecs how long to wait for a connection, and for the answer to a statement on an ordinary one
     */
    public Connections(Dsn dsn, String applicationName, int timeoutSecs) {
        this.dsn = requireNonNull(dsn, "dsn is null");
        this.applicationName = requireNonNull(applicationName, "applicationName is null");
        this.timeoutSecs = timeoutSecs;
    }

    /**
     * Returns where the database is.
     *
     * @return the address, which does not show its secrets
     */
    public Dsn dsn() {
        return dsn;
    }

    /**
     * Returns how long an answer is waited for.
     *
     * @return seconds
     */
    public int timeoutSecs() {
        return timeoutSecs;
    }

    /**
     * Opens an ordinary session that commits every statement.
     *
     * @return the connection, to be closed by the caller
     * @throws SQLException when the server is not there or refuses
     */
    public Connection open() throws SQLException {
        Properties properties = properties();
        PGProperty.SOCKET_TIMEOUT.set(properties, timeoutSecs);
        return connect(properties);
    }

    /**
     * Opens a replication session that is bound to the database. It has no time-out on reading: the driver would take one
     * in the middle of a message for the end of the connection.
     *
     * @param options settings of the session in libpq's form ({@code -c name=value}), set over those of the connection string
     * @return the connection; to be kept reachable as long as its stream is used, because the driver closes what is not
     * @throws SQLException when the server is not there or refuses
     */
    public Connection openReplication(String options) throws SQLException {
        Properties properties = properties();
        String own = PGProperty.OPTIONS.getOrDefault(properties);
        PGProperty.OPTIONS.set(properties, own == null ? options : own + " " + options);
        PGProperty.REPLICATION.set(properties, "database");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, OLDEST_VERSION);
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
        Connection connection = connect(properties);
        try (Statement statement = connection.createStatement()) {
            // The driver asks for the JVM's time zone when it logs in, which wins over the options.
            statement.execute("SET TimeZone TO 'UTC'");
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private Properties properties() {
        Properties properties = dsn.properties();
        if (!properties.containsKey(PGProperty.APPLICATION_NAME.getName())) {
            PGProperty.APPLICATION_NAME.set(properties, applicationName);
        }
        if (!properties.containsKey(PGProperty.CONNECT_TIMEOUT.getName())) {
            PGProperty.CONNECT_TIMEOUT.set(properties, timeoutSecs);
        }
        PGProperty.TCP_KEEP_ALIVE.set(properties, true);
        return properties;
    }

    private Connection connect(Properties properties) throws SQLException {
        // Not through DriverManager, which finds drivers of other class loaders, and not this one in a plugin's own.
        Connection connection = new Driver().connect(dsn.url(), properties);
        if (connection == null) {
            throw new SQLException("the driver does not take " + dsn);
        }
        return connection;
    }
}
