package io.deltaforge.source.postgres;

import io.deltaforge.api.source.SourceFactory;
import io.deltaforge.sandbox.Sandbox;
import io.deltaforge.testkit.source.RowChange;
import io.deltaforge.testkit.source.SourceCapability;
import io.deltaforge.testkit.source.SourceConformanceTest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What every source must do, against a real server. */
public final class PostgresConformanceIT extends SourceConformanceTest {

    private static final String DATABASE = Sandbox.createDatabase("conformance");
    private static final String SLOT = Sandbox.uniqueName("conformance");

    @Override
    protected void reset() {
        loseLog();
        for (String table : List.of(TABLES.get(0), TABLES.get(1), "uncaptured")) {
            Sandbox.postgres()
                    .executeIn(
                            DATABASE,
                            "CREATE TABLE IF NOT EXISTS " + table + " (id bigint PRIMARY KEY, note text)",
                            "TRUNCATE " + table);
        }
    }

    @Override
    protected SourceFactory factory() {
        return new PostgresSourceFactory();
    }

    @Override
    protected Map<String, Object> settings() {
        return Map.of(
                "dsn",
                Sandbox.postgres().dsn(DATABASE),
                "slot",
                SLOT,
                "tables",
                TABLES.stream().map(table -> "public." + table).toList());
    }

    @Override
    protected void commit(List<RowChange> changes) throws SQLException {
        try (Connection connection = Sandbox.postgres().connect(DATABASE)) {
            connection.setAutoCommit(false);
            for (RowChange change : changes) {
                apply(connection, change);
            }
            connection.commit();
        }
    }

    private static void apply(Connection connection, RowChange change) throws SQLException {
        String sql =
                switch (change.operation()) {
                    case CREATE -> "INSERT INTO " + change.table() + " (note, id) VALUES (?, ?)";
                    case UPDATE -> "UPDATE " + change.table() + " SET note = ? WHERE id = ?";
                    case DELETE -> "DELETE FROM " + change.table() + " WHERE ?::text IS NULL AND id = ?";
                    case READ, TRUNCATE -> throw new IllegalArgumentException("not a row change: " + change);
                };
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, change.note());
            statement.setLong(2, change.id());
            statement.executeUpdate();
        }
    }

    @Override
    protected void commitUncaptured() {
        Sandbox.postgres()
                .executeIn(DATABASE, "INSERT INTO uncaptured SELECT count(*), 'not captured' FROM uncaptured");
    }

    @Override
    protected void loseLog() {
        Sandbox.postgres()
                .executeIn(
                        DATABASE,
                        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '"
                                + SLOT + "'");
    }

    @Override
    protected Set<SourceCapability> capabilities() {
        return EnumSet.of(SourceCapability.OWNERSHIP, SourceCapability.FAULTS);
    }

    @Override
    protected void cutConnections() {
        Sandbox.postgres()
                .executeIn(
                        DATABASE,
                        "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '" + SLOT
                                + "' AND active_pid IS NOT NULL");
    }
}
