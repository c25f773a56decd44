package io.deltaforge.e2e.quickstart;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The shop's tables through one connection, which it owns. Blocks; not thread-safe. */
final class ShopDatabase implements AutoCloseable {
    private final Connection connection;
    private final Map<ShopTable, Statements> statements = new EnumMap<>(ShopTable.class);

    ShopDatabase(Connection connection) throws SQLException {
        this.connection = connection;
        connection.setAutoCommit(false);
        for (ShopTable table : ShopTable.values()) {
            statements.put(table, new Statements(connection, table));
        }
    }

    /** Executes a transaction; when this returns it is committed, or rolled back if it wants to be. */
    void execute(ShopTransaction transaction) throws SQLException {
        for (Change change : transaction.changes()) {
            int rows = statements.get(change.row().table()).execute(change);
            if (rows != 1) {
                throw new SQLException(change.id() + " changed " + rows + " rows instead of one");
            }
        }
        if (transaction.rollsBack()) {
            connection.rollback();
        } else {
            connection.commit();
        }
    }

    /** Returns all rows of all tables. */
    List<ShopRow> rows() throws SQLException {
        List<ShopRow> rows = new ArrayList<>();
        for (ShopTable table : ShopTable.values()) {
            String sql = "SELECT " + names(table, "", ", ") + " FROM " + table.tableName();
            try (Statement select = connection.createStatement();
                    ResultSet result = select.executeQuery(sql)) {
                while (result.next()) {
                    rows.add(read(result, table));
                }
            }
        }
        connection.rollback();
        return rows;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    private static ShopRow read(ResultSet result, ShopTable table) throws SQLException {
        List<Object> values = new ArrayList<>();
        for (int i = 1; i <= table.columns().size(); i++) {
            Object value =
                    switch (table.columns().get(i - 1).kind()) {
                        case INTEGER -> result.getLong(i);
                        case DECIMAL -> result.getBigDecimal(i);
                        case TEXT -> result.getString(i);
                        case TIMESTAMP ->
                            result.getObject(i, OffsetDateTime.class).toInstant();
                    };
            values.add(result.wasNull() ? null : value);
        }
        return new ShopRow(table, values);
    }

    private static String names(ShopTable table, String suffix, String separator) {
        return table.columns().stream().map(column -> column.name() + suffix).collect(Collectors.joining(separator));
    }

    /** Prepared once per table. */
    private static final class Statements {
        private final PreparedStatement insert;
        private final PreparedStatement update;
        private final PreparedStatement delete;

        Statements(Connection connection, ShopTable table) throws SQLException {
            String name = table.tableName();
            String places = "?, ".repeat(table.columns().size() - 1) + "?";
            insert = connection.prepareStatement(
                    "INSERT INTO " + name + " (" + names(table, "", ", ") + ") VALUES (" + places + ")");
            update = connection.prepareStatement(
                    "UPDATE " + name + " SET " + names(table, " = ?", ", ") + " WHERE id = ?");
            delete = connection.prepareStatement("DELETE FROM " + name + " WHERE id = ?");
        }

        int execute(Change change) throws SQLException {
            return switch (change.op()) {
                case CREATE -> {
                    bind(insert, change.after());
                    yield insert.executeUpdate();
                }
                case UPDATE -> {
                    int count = bind(update, change.after());
                    update.setLong(count + 1, change.after().key().id());
                    yield update.executeUpdate();
                }
                case DELETE -> {
                    delete.setLong(1, change.before().key().id());
                    yield delete.executeUpdate();
                }
            };
        }

        private static int bind(PreparedStatement statement, ShopRow row) throws SQLException {
            int index = 0;
            for (Object value : row.values()) {
                index++;
                if (value instanceof Long number) {
                    statement.setLong(index, number);
                } else if (value instanceof BigDecimal number) {
                    statement.setBigDecimal(index, number);
                } else if (value instanceof Instant instant) {
                    statement.setObject(index, instant.atOffset(ZoneOffset.UTC));
                } else if (value instanceof String text) {
                    statement.setString(index, text);
                } else {
                    statement.setNull(index, Types.VARCHAR);
                }
            }
            return index;
        }
    }
}
