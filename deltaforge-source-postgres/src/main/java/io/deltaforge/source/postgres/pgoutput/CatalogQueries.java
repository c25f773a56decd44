package io.deltaforge.source.postgres.pgoutput;

import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import io.deltaforge.source.postgres.type.PgType;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * Asks {@code pg_type} and {@code pg_index} (PostgreSQL documentation, chapter 53, System Catalogs) over one connection, which is
 * opened at the first question and again when it was lost. Not thread-safe.
 */
final class CatalogQueries implements AutoCloseable {

    private static final String TYPE = "SELECT t.typname, pg_catalog.format_type(t.oid, NULL), t.typtype, t.typdelim,"
            + " CASE WHEN e.typarray = t.oid THEN t.typelem ELSE t.typbasetype END AS base, e.typarray = t.oid AS is_array"
            + " FROM pg_catalog.pg_type t LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem"
            + " WHERE t.oid = CAST(? AS oid)";

    private static final String DISPLAY_NAME = "SELECT pg_catalog.format_type(CAST(? AS oid), ?)";

    private static final String PRIMARY_KEY = "SELECT a.attname FROM pg_catalog.pg_index i"
            + " CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k(attnum, place)"
            + " JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum"
            + " WHERE i.indrelid = CAST(? AS oid) AND i.indisprimary AND k.place <= i.indnkeyatts ORDER BY k.place";

    private final Callable<Connection> connections;
    private Connection connection;

    CatalogQueries(Callable<Connection> connections) {
        this.connections = connections;
    }

    /** One question, asked again over a new connection when the old one was lost. */
    private interface Question<T> {
        T ask(Connection connection) throws SQLException;
    }

    /**
     * A type before what it is made of was looked up.
     *
     * @param base the OID of the element of an array or of the type under a domain, else 0
     */
    record TypeEntry(String name, String displayName, PgType.Kind kind, char delimiter, int base) {}

    Optional<TypeEntry> type(int oid) {
        return ask(open -> {
            try (PreparedStatement statement = open.prepareStatement(TYPE)) {
                statement.setLong(1, Integer.toUnsignedLong(oid));
                try (ResultSet found = statement.executeQuery()) {
                    return found.next() ? Optional.of(entry(found)) : Optional.empty();
                }
            }
        });
    }

    private static TypeEntry entry(ResultSet found) throws SQLException {
        PgType.Kind kind = found.getBoolean("is_array")
                ? PgType.Kind.ARRAY
                : switch (found.getString("typtype")) {
                    case "e" -> PgType.Kind.ENUM;
                    case "d" -> PgType.Kind.DOMAIN;
                    case "c" -> PgType.Kind.COMPOSITE;
                    case "r", "m" -> PgType.Kind.RANGE;
                    default -> PgType.Kind.BASE;
                };
        char delimiter = found.getString("typdelim").charAt(0);
        return new TypeEntry(found.getString(1), found.getString(2), kind, delimiter, (int) found.getLong("base"));
    }

    String displayName(int oid, int modifier) {
        return ask(open -> {
            try (PreparedStatement statement = open.prepareStatement(DISPLAY_NAME)) {
                statement.setLong(1, Integer.toUnsignedLong(oid));
                statement.setInt(2, modifier);
                try (ResultSet found = statement.executeQuery()) {
                    found.next();
                    return found.getString(1);
                }
            }
        });
    }

    List<String> primaryKey(int relation) {
        return ask(open -> {
            try (PreparedStatement statement = open.prepareStatement(PRIMARY_KEY)) {
                statement.setLong(1, Integer.toUnsignedLong(relation));
                try (ResultSet found = statement.executeQuery()) {
                    List<String> names = new ArrayList<>();
                    while (found.next()) {
                        names.add(found.getString(1));
                    }
                    return List.copyOf(names);
                }
            }
        });
    }

    private <T> T ask(Question<T> question) {
        boolean kept = connection != null;
        try {
            return question.ask(connection());
        } catch (SQLException e) {
            close();
            if (kept) {
                return ask(question);
            }
            throw unreachable(e);
        }
    }

    private Connection connection() throws SQLException {
        if (connection == null) {
            try {
                connection = connections.call();
            } catch (SQLException | RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw unreachable(e);
            }
        }
        return connection;
    }

    private static SourceException unreachable(Exception cause) {
        String state = cause instanceof SQLException sql ? " (SQLState " + sql.getSQLState() + ")" : "";
        return new SourceException(
                ErrorKind.RETRIABLE, "CATALOG_UNREACHABLE", "the database's catalog cannot be read" + state, cause);
    }

    @Override
    public void close() {
        Connection open = connection;
        connection = null;
        if (open != null) {
            try {
                open.close();
            } catch (SQLException ignored) {
                // It is gone either way; nothing was written over it.
            }
        }
    }
}
