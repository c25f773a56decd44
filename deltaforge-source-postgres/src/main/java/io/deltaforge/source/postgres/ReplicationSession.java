package io.deltaforge.source.postgres;

import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import io.deltaforge.source.postgres.connect.Connections;
import io.deltaforge.source.postgres.connect.SqlErrors;
import io.deltaforge.source.postgres.pgoutput.PgOutputDecoder;
import io.deltaforge.source.postgres.position.TimelineHistory;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.postgresql.PGConnection;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;
import org.postgresql.replication.fluent.logical.ChainedLogicalStreamBuilder;

/**
 * A replication session: says who the server is, then streams one slot. Confined to the reader thread, which owns the stream
 * alone, because the driver holds its lock while it reads.
 *
 * <p>What is released is told to the server only through {@link #release}. The driver's automatic flush is off: it would
 * confirm transactions that were received and never delivered.
 */
final class ReplicationSession implements AutoCloseable {

    /** The sender of a session that has just ended, ours perhaps, may hold the slot until it notices. */
    private static final long SLOT_PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(1500);

    private static final long RETRY_MILLIS = 20;

    /** Held as long as the stream is used: the driver closes a connection that nobody can reach. */
    private final Connection connection;

    private final long systemIdentifier;
    private final TimelineHistory history;
    private PGReplicationStream stream;

    private ReplicationSession(Connection connection, long systemIdentifier, TimelineHistory history) {
        this.connection = connection;
        this.systemIdentifier = systemIdentifier;
        this.history = history;
    }

    /**
     * Connects and asks who the server is.
     *
     * @throws SQLException when the server refuses, for the caller to explain
     */
    static ReplicationSession open(Connections connections) throws SQLException {
        Connection connection = connections.openReplication(PgOutputDecoder.SESSION_OPTIONS);
        try (Statement statement = connection.createStatement()) {
            long systemIdentifier;
            int timeline;
            try (ResultSet row = statement.executeQuery("IDENTIFY_SYSTEM")) {
                row.next();
                systemIdentifier = Long.parseUnsignedLong(row.getString("systemid"));
                timeline = Integer.parseUnsignedInt(row.getString("timeline"));
            }
            return new ReplicationSession(connection, systemIdentifier, history(statement, timeline));
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private static TimelineHistory history(Statement statement, int timeline) throws SQLException {
        if (timeline == 1) {
            return TimelineHistory.parse(timeline, "");
        }
        try (ResultSet row = statement.executeQuery("TIMELINE_HISTORY " + Integer.toUnsignedString(timeline))) {
            row.next();
            return TimelineHistory.parse(timeline, row.getString(2));
        }
    }

    long systemIdentifier() {
        return systemIdentifier;
    }

    TimelineHistory history() {
        return history;
    }

    /**
     * Starts the stream; waits a little when the slot is in use.
     *
     * @param lsn where to start
     * @param released what the driver is to tell the server is not needed any more
     * @param statusNanos how often at least the driver sends the status while it is asked to read
     */
    void start(String slot, String publication, long lsn, long released, boolean binary, long statusNanos)
            throws InterruptedException {
        long deadline = System.nanoTime() + SLOT_PATIENCE_NANOS;
        while (stream == null) {
            try {
                stream = builder(slot, publication, statusNanos)
                        .withStartPosition(LogSequenceNumber.valueOf(lsn))
                        .withSlotOption("binary", binary)
                        .start();
                stream.setFlushedLSN(LogSequenceNumber.valueOf(released));
                stream.setAppliedLSN(LogSequenceNumber.valueOf(released));
            } catch (SQLException e) {
                if (!SqlErrors.IN_USE.equals(e.getSQLState()) || System.nanoTime() - deadline >= 0) {
                    throw SqlErrors.classify("starting to read slot " + slot, e);
                }
                Thread.sleep(RETRY_MILLIS);
            }
        }
    }

    private ChainedLogicalStreamBuilder builder(String slot, String publication, long statusNanos) throws SQLException {
        return connection
                .unwrap(PGConnection.class)
                .getReplicationAPI()
                .replicationStream()
                .logical()
                .withSlotName(slot)
                .withAutomaticFlush(false)
                .withStatusInterval((int) TimeUnit.NANOSECONDS.toMillis(statusNanos), TimeUnit.MILLISECONDS)
                .withSlotOption("proto_version", "1")
                .withSlotOption("publication_names", publicationNames(publication));
    }

    /** The option is a list of identifiers, which are folded to lower case without quotes; the driver quotes no texts. */
    private static String publicationNames(String publication) {
        return "\"" + publication.replace("\"", "\"\"").replace("'", "''") + "\"";
    }

    /**
     * Reads what has come. Waits a millisecond when there is nothing, and no longer than it takes for something to come: so
     * the loop around it needs no waits of its own, and a change is read as soon as it is there. (The driver's blocking read
     * would be no better: it returns to the caller for rows alone, so that neither idle time nor releases could be told.)
     *
     * @return one message, in an array of its own, or null
     */
    ByteBuffer readPending() {
        try {
            return stream.readPending();
        } catch (SQLException e) {
            if (SqlErrors.UNDEFINED.equals(e.getSQLState())) {
                throw new SourceException(
                        ErrorKind.HELD,
                        "PUBLICATION_MISSING",
                        "the publication did not exist when a transaction was written that is now to be read: "
                                + e.getMessage(),
                        "a slot made before its publication can only be read from where the publication exists: drop the slot,"
                                + " and give the pipeline a new name and slot",
                        e);
            }
            throw SqlErrors.classify("reading the log", e);
        }
    }

    /** Returns the LSN up to which the server says, while nothing is half received, that all is sent; never one to release. */
    long received() {
        return stream.getLastReceiveLSN().asLong();
    }

    /** Tells the server at once how far its log is released, and asks it to answer. */
    void release(long lsn) {
        stream.setFlushedLSN(LogSequenceNumber.valueOf(lsn));
        stream.setAppliedLSN(LogSequenceNumber.valueOf(lsn));
        sendStatus();
    }

    /** Tells the server that this side is alive. */
    void sendStatus() {
        try {
            stream.forceUpdateStatus();
        } catch (SQLException e) {
            throw SqlErrors.classify("telling the server how far the log is read", e);
        }
    }

    /** Ends the session without waiting for the server, which may be in the middle of a long transaction. */
    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            // It is of no use any more, whatever state it is in.
        }
    }
}
