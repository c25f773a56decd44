package io.deltaforge.bench.drain;

import io.deltaforge.sandbox.PostgresServer;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

/** A bare read loop of the JDBC driver, where {@code pg_recvlogical} is not installed. */
final class JdbcLoop implements Reference {

    private final PostgresServer postgres;

    JdbcLoop(PostgresServer postgres) {
        this.postgres = postgres;
    }

    @Override
    public String name() {
        return "a bare read loop of pgjdbc, because pg_recvlogical is not installed (apt-get install postgresql-client)";
    }

    @Override
    public double run(Backlog backlog, String slot) throws SQLException {
        Properties properties = new Properties();
        PGProperty.USER.set(properties, postgres.user());
        PGProperty.PASSWORD.set(properties, postgres.password());
        PGProperty.REPLICATION.set(properties, "database");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "10");
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
        LogSequenceNumber end = LogSequenceNumber.valueOf(backlog.endLsn());
        long start = System.nanoTime();
        try (Connection connection = DriverManager.getConnection(postgres.jdbcUrl(Backlog.DATABASE), properties);
                PGReplicationStream stream = connection
                        .unwrap(PGConnection.class)
                        .getReplicationAPI()
                        .replicationStream()
                        .logical()
                        .withSlotName(slot)
                        .withSlotOption("proto_version", "1")
                        .withSlotOption("publication_names", Backlog.PUBLICATION)
                        .withSlotOption("binary", "true")
                        .start()) {
            int changes = 0;
            while (changes < backlog.events() || stream.getLastReceiveLSN().compareTo(end) < 0) {
                ByteBuffer message = stream.readPending();
                if (message == null) {
                    Thread.onSpinWait();
                } else if (message.get(message.position()) == 'I') {
                    changes++;
                }
            }
            return (System.nanoTime() - start) / 1e9;
        }
    }
}
