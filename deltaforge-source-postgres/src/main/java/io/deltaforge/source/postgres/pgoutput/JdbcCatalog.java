package io.deltaforge.source.postgres.pgoutput;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.checkpoint.StateStore;
import io.deltaforge.source.postgres.type.PgType;
import java.sql.Connection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;

/**
 * A catalog read over JDBC and kept durably, so that a replay after a restart sees the same types and keys. Opens a connection
 * when there is something to look up and keeps it until {@link #close}. Not thread-safe.
 */
public final class JdbcCatalog implements Catalog, AutoCloseable {

    private static final int NO_MODIFIER = -1;

    /** What {@code format_type} calls a type that was dropped. */
    private static final String GONE = "???";

    private final CatalogQueries queries;
    private final CatalogEntries entries;
    private final Map<Integer, PgType> types = new HashMap<>();
    private final Set<Integer> renamedTypes = new HashSet<>();
    private final Map<Modified, String> displayNames = new HashMap<>();
    private final Set<Integer> changedTables = new HashSet<>();

    private record Modified(int oid, int modifier) {}

    /**
     * Makes a catalog; does no I/O.
     *
     * @param connections opens a plain connection, in auto-commit mode, to the database that is replicated
     * @param state keeps what was looked up
     */
    public JdbcCatalog(Callable<Connection> connections, StateStore state) {
        this.queries = new CatalogQueries(requireNonNull(connections, "connections is null"));
        this.entries = new CatalogEntries(requireNonNull(state, "state is null"));
    }

    @Override
    public PgType type(int oid) {
        PgType known = types.get(oid);
        if (known == null) {
            known = find(oid).map(entry -> resolve(oid, entry)).orElseGet(() -> PgType.unknown(oid));
            types.put(oid, known);
        }
        return known;
    }

    private Optional<CatalogQueries.TypeEntry> find(int oid) {
        Optional<CatalogQueries.TypeEntry> kept = renamedTypes.remove(oid) ? Optional.empty() : entries.type(oid);
        if (kept.isPresent()) {
            return kept;
        }
        Optional<CatalogQueries.TypeEntry> found = queries.type(oid);
        found.ifPresent(entry -> entries.putType(oid, entry));
        // A type that was dropped since is still known by what was kept, under whatever name.
        return found.isPresent() ? found : entries.type(oid);
    }

    private PgType resolve(int oid, CatalogQueries.TypeEntry entry) {
        PgType base = entry.base() == 0 ? null : type(entry.base());
        return new PgType(oid, entry.name(), entry.displayName(), entry.kind(), entry.delimiter(), base);
    }

    @Override
    public void typeNamed(int oid, String name) {
        PgType known = types.get(oid);
        boolean other = known != null
                ? !known.name().equals(name)
                : entries.type(oid).filter(entry -> !entry.name().equals(name)).isPresent();
        if (other) {
            types.remove(oid);
            displayNames.keySet().removeIf(modified -> modified.oid() == oid);
            renamedTypes.add(oid);
        }
    }

    @Override
    public String displayName(PgType type, int modifier) {
        if (modifier == NO_MODIFIER || type.kind() == PgType.Kind.UNKNOWN) {
            return type.displayName();
        }
        return displayNames.computeIfAbsent(new Modified(type.oid(), modifier), key -> findDisplayName(type, modifier));
    }

    private String findDisplayName(PgType type, int modifier) {
        Optional<String> kept = entries.displayName(type.oid(), modifier);
        if (kept.isPresent()) {
            return kept.get();
        }
        String found = queries.displayName(type.oid(), modifier);
        if (found.equals(GONE)) {
            return type.displayName();
        }
        entries.putDisplayName(type.oid(), modifier, found);
        return found;
    }

    @Override
    public List<String> primaryKey(int relation, long shape) {
        if (!changedTables.remove(relation)) {
            Optional<CatalogEntries.KeyEntry> kept = entries.key(relation).filter(key -> key.shape() == shape);
            if (kept.isPresent()) {
                return kept.get().names();
            }
        }
        List<String> found = queries.primaryKey(relation);
        entries.putKey(relation, new CatalogEntries.KeyEntry(shape, found));
        return found;
    }

    @Override
    public void tableChanged(int relation) {
        changedTables.add(relation);
    }

    /** Closes the connection, if one is open; a later look-up opens another. */
    @Override
    public void close() {
        queries.close();
    }
}
