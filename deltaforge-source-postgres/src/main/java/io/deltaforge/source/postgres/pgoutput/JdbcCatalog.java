package io.deltaforge.source.postgres.pgoutput;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.checkpoint.StateStore;
import io.deltaforge.source.postgres.type.PgType;
import java.sql.Connection;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * A catalog read over JDBC and kept durably, so that a replay after a restart sees the same types and keys. Opens a connection
 * of its own when there is something to look up. Not thread-safe.
 */
public final class JdbcCatalog implements Catalog, AutoCloseable {

    private final Callable<Connection> connections;
    private final StateStore state;

    /**
     * Makes a catalog; does no I/O.
     *
     * @param connections opens a plain connection to the database that is replicated
     * @param state keeps what was looked up
     */
    public JdbcCatalog(Callable<Connection> connections, StateStore state) {
        this.connections = requireNonNull(connections, "connections is null");
        this.state = requireNonNull(state, "state is null");
    }

    @Override
    public PgType type(int oid) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void typeNamed(int oid, String name) {}

    @Override
    public String displayName(PgType type, int modifier) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<String> primaryKey(int relation, long shape) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void tableChanged(int relation) {}

    @Override
    public void close() {}
}
