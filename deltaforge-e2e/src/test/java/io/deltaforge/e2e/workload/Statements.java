package io.deltaforge.e2e.workload;

import java.io.IOException;
import java.io.StringReader;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import org.postgresql.PGConnection;

/** Applies steps to table {@code item}, one statement each. */
final class Statements {

    private final Connection connection;
    private final long txid;

    Statements(Connection connection, long txid) {
        this.connection = connection;
        this.txid = txid;
    }

    void apply(List<Step> steps) throws SQLException {
        for (Step step : steps) {
            switch (step.kind()) {
                case COPY -> copy(step.changes());
                case INSERT ->
                    execute("INSERT INTO item SELECT id, ver, " + txid + ", note FROM " + ROWS, step.changes());
                case UPDATE ->
                    execute(
                            "UPDATE item SET ver = d.ver, txid = " + txid + ", note = d.note FROM " + ROWS
                                    + " WHERE item.id = d.id",
                            step.changes());
                case DELETE -> execute("DELETE FROM item USING " + ROWS + " WHERE item.id = d.id", step.changes());
            }
        }
    }

    private static final String ROWS = "unnest(?::bigint[], ?::bigint[], ?::text[]) AS d(id, ver, note)";

    private void execute(String sql, List<ItemChange> changes) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setArray(1, array("bigint", changes, ItemChange::id));
            statement.setArray(2, array("bigint", changes, ItemChange::version));
            statement.setArray(3, array("text", changes, ItemChange::note));
            int touched = statement.executeUpdate();
            if (touched != changes.size()) {
                throw new IllegalStateException(
                        "the workload expected " + changes.size() + " rows and " + touched + " were changed by " + sql);
            }
        }
    }

    private Array array(String type, List<ItemChange> changes, Function<ItemChange, Object> value) throws SQLException {
        return connection.createArrayOf(type, changes.stream().map(value).toArray());
    }

    private void copy(List<ItemChange> changes) throws SQLException {
        StringBuilder rows = new StringBuilder();
        for (ItemChange change : changes) {
            rows.append(change.id())
                    .append('\t')
                    .append(change.version())
                    .append('\t')
                    .append(txid)
                    .append('\t');
            rows.append(change.note().replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n"));
            rows.append('\n');
        }
        try {
            connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn("COPY item FROM STDIN", new StringReader(rows.toString()));
        } catch (IOException e) {
            throw new SQLException("COPY failed", e);
        }
    }
}
