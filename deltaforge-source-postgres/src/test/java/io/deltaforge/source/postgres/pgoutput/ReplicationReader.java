package io.deltaforge.source.postgres.pgoutput;

import io.deltaforge.sandbox.PostgresServer;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

/** Reads a slot from its beginning to the present and hands every message to a decoder. */
final class ReplicationReader {

    private ReplicationReader() {}

    static void read(
            PostgresServer server, String database, Slot slot, PgOutputDecoder decoder, ReplicationMessages out)
            throws SQLException {
        long end = currentLsn(server, database);
        try (Connection connection = open(server, database);
                PGReplicationStream stream = connection
                        .unwrap(PGConnection.class)
                        .getReplicationAPI()
                        .replicationStream()
                        .logical()
                        .withSlotName(slot.name())
                        .withSlotOption("proto_version", "1")
                        .withSlotOption("publication_names", slot.publication())
                        .withSlotOption("binary", Boolean.toString(slot.binary()))
                        .withSlotOption("messages", "true")
                        .withAutomaticFlush(false)
                        .start()) {
            // The end of what was written before is marked by the server's keep-alives, which move the last LSN on.
            while (true) {
                ByteBuffer message = stream.readPending();
                if (message != null) {
                    decoder.decode(message, out);
                } else if (stream.getLastReceiveLSN().asLong() >= end) {
                    return;
                } else {
                    stream.forceUpdateStatus();
                    Thread.onSpinWait();
                }
            }
        }
    }

    record Slot(String name, String publication, boolean binary) {}

    private static Connection open(PostgresServer server, String database) throws SQLException {
        Properties properties = new Properties();
        PGProperty.USER.set(properties, server.user());
        PGProperty.PASSWORD.set(properties, server.password());
        PGProperty.REPLICATION.set(properties, "database");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "14");
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
        PGProperty.OPTIONS.set(properties, PgOutputDecoder.SESSION_OPTIONS);
        return DriverManager.getConnection(server.jdbcUrl(database), properties);
    }

    private static long currentLsn(PostgresServer server, String database) throws SQLException {
        try (Connection connection = server.connect(database);
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("SELECT pg_current_wal_flush_lsn()::text")) {
            found.next();
            return LogSequenceNumber.valueOf(found.getString(1)).asLong();
        }
    }
}
