package io.deltaforge.bench.drain;

import io.deltaforge.sandbox.PostgresServer;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** The table of 10 columns, its slots, and the log that every run drains. */
final class Backlog {

    static final String DATABASE = "postgres";
    static final String TABLE = "orders";
    static final String PUBLICATION = "bench";
    private static final int ROWS_PER_TRANSACTION = 1_000;

    private static final String CREATE = """
            CREATE TABLE orders (
              id bigint PRIMARY KEY,
              customer_id integer NOT NULL,
              status varchar(16) NOT NULL,
              amount numeric(12,2) NOT NULL,
              quantity smallint NOT NULL,
              paid boolean NOT NULL,
              discount double precision,
              note text,
              created_at timestamptz NOT NULL,
              updated_at timestamp NOT NULL)""";

    private static final String INSERT = """
            INSERT INTO orders
            SELECT i, (i * 7919 % 1000000)::int, (ARRAY['new', 'paid', 'shipped', 'returned'])[i % 4 + 1],
                   (i % 1000000) / 100.0, (i % 100)::smallint, i % 2 = 0, CASE WHEN i % 10 = 0 THEN NULL ELSE i / 8.0 END,
                   'order ' || i || ' from the web shop, ' || md5(i::text),
                   timestamptz '2026-01-01 00:00:00+00' + i * interval '1 second',
                   timestamp '2026-01-01 00:00:00' + i * interval '1001 milliseconds'
            FROM generate_series(?::bigint, ?::bigint) AS i""";

    /** One drain. */
    @FunctionalInterface
    interface Drain {
        /** Drains and returns the seconds it took. */
        double run() throws IOException, SQLException, InterruptedException;
    }

    private final PostgresServer postgres;
    private final int events;
    private String endLsn;
    private long payloadBytesPerChange;
    private String version;

    Backlog(PostgresServer postgres, int events) {
        if (events < ROWS_PER_TRANSACTION || events % ROWS_PER_TRANSACTION != 0) {
            throw new IllegalArgumentException("--events must be a multiple of 1,000, got " + events);
        }
        this.postgres = postgres;
        this.events = events;
    }

    /** Makes table, publication and slots: one per run, and one to look into. */
    List<String> create(int runs) throws SQLException {
        postgres.execute(CREATE, "CREATE PUBLICATION " + PUBLICATION + " FOR TABLE " + TABLE);
        List<String> slots = new ArrayList<>();
        for (int run = 0; run < runs; run++) {
            slots.add("run_" + run);
        }
        slots.add("sample");
        for (String slot : slots) {
            postgres.execute("SELECT pg_create_logical_replication_slot('" + slot + "', 'pgoutput')");
        }
        return slots;
    }

    /** Commits the changes and remembers where the log ends. */
    void load() throws SQLException {
        try (Connection connection = postgres.connect(DATABASE)) {
            connection.setAutoCommit(false);
            try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
                for (int first = 1; first <= events; first += ROWS_PER_TRANSACTION) {
                    insert.setLong(1, first);
                    insert.setLong(2, first + ROWS_PER_TRANSACTION - 1L);
                    insert.executeUpdate();
                    connection.commit();
                }
            }
            connection.setAutoCommit(true);
            try (Statement statement = connection.createStatement()) {
                statement.execute("CHECKPOINT");
            }
            endLsn = text(connection, "SELECT pg_current_wal_lsn()::text");
            version = text(connection, "SHOW server_version");
            payloadBytesPerChange = Long.parseLong(text(
                    connection,
                    "SELECT round(avg(length(data)))::bigint FROM pg_logical_slot_peek_binary_changes('sample', NULL, 1000,"
                            + " 'proto_version', '1', 'publication_names', '" + PUBLICATION + "', 'binary', 'true')"
                            + " WHERE get_byte(data, 0) = ascii('I')"));
            text(connection, "SELECT pg_drop_replication_slot('sample')::text");
        }
    }

    private static String text(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }

    /** Measures a reference run: its seconds, and what the server spent meanwhile. */
    Run measure(Drain drain) throws IOException, SQLException, InterruptedException {
        double cpuBefore = postgres.cpuSeconds();
        double seconds = drain.run();
        return new Run(Side.REFERENCE, events, seconds, postgres.cpuSeconds() - cpuBefore, null);
    }

    int events() {
        return events;
    }

    /** Where the log ends that is to be drained. */
    String endLsn() {
        return endLsn;
    }

    /** The mean size of a change as pgoutput sends it. */
    long payloadBytesPerChange() {
        return payloadBytesPerChange;
    }

    /** The server's version. */
    String serverVersion() {
        return version;
    }
}
