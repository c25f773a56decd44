package io.deltaforge.source.postgres.setup;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import io.deltaforge.api.source.Attachment;
import io.deltaforge.source.postgres.connect.SqlErrors;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The publication: it says what the server sends. It must be there before the slot is made, because the server looks it up as
 * it was when a transaction was written. Blocks for a bounded time; used by one thread.
 */
public final class Publication {

    private static final Logger LOG = LoggerFactory.getLogger(Publication.class);
    private static final int STATEMENT_LIMIT_SECS = 10;
    private static final int NAMES_SHOWN = 20;

    private final DatabaseSession session;
    private final String name;
    private final TablePatterns patterns;

    /**
     * Means a publication; does no I/O.
     *
     * @param session asks the server
     * @param name the publication's name
     * @param patterns the tables that are captured
     */
    public Publication(DatabaseSession session, String name, TablePatterns patterns) {
        this.session = requireNonNull(session, "session is null");
        this.name = requireNonNull(name, "name is null");
        this.patterns = requireNonNull(patterns, "patterns is null");
    }

    /** What a publication sends. */
    private record Kinds(boolean insert, boolean update, boolean delete, boolean truncate, boolean viaRoot) {}

    /**
     * Finds the publication, or makes it, and checks that it has the captured tables.
     *
     * @param attachment whether the publication must be there
     * @param create whether it may be made when it need not be there, and tables added to it
     * @throws SourceException of kind {@code HELD} when it is missing, or lacks tables
     */
    public void prepare(Attachment attachment, boolean create) {
        List<Kinds> found = kinds();
        List<PublishedTable> tables = PublishedTable.list(session, name, patterns);
        if (found.isEmpty()) {
            if (attachment == Attachment.KNOWN || !create) {
                throw missing(attachment, tables);
            }
            change(createStatement(tables));
            LOG.info("Made publication {} for {}", name, patterns);
            found = kinds();
            tables = PublishedTable.list(session, name, patterns);
        } else {
            tables = closeGaps(tables, create);
        }
        found.forEach(this::warnOfMissingKinds);
        warnOfPartitions(tables, found.stream().anyMatch(Kinds::viaRoot));
        if (found.stream().anyMatch(kinds -> kinds.update() || kinds.delete())) {
            warnOfIdentities(tables);
        }
    }

    /**
     * Returns the types of all columns of the captured tables that the publication has.
     *
     * @return type OIDs, unsigned numbers kept in an {@code int}
     */
    public Set<Integer> columnTypes() {
        Set<Integer> types = new TreeSet<>();
        session.query(
                "reading the columns of publication " + name,
                "SELECT t.schemaname, t.tablename, a.atttypid::bigint FROM pg_publication_tables t"
                        + " JOIN pg_namespace n ON n.nspname = t.schemaname"
                        + " JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = t.tablename"
                        + " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
                        + " WHERE t.pubname = ?",
                row -> patterns.matches(row.getString(1), row.getString(2)) && types.add((int) row.getLong(3)),
                name);
        return types;
    }

    private List<Kinds> kinds() {
        return session.query(
                "looking at publication " + name,
                "SELECT pubinsert, pubupdate, pubdelete, pubtruncate, pubviaroot FROM pg_publication WHERE pubname = ?",
                row -> new Kinds(
                        row.getBoolean(1), row.getBoolean(2), row.getBoolean(3), row.getBoolean(4), row.getBoolean(5)),
                name);
    }

    private SourceException missing(Attachment attachment, List<PublishedTable> tables) {
        String message = "publication " + name + " does not exist";
        if (attachment == Attachment.KNOWN) {
            message += " any more; what is committed until it is made again is never sent";
        } else {
            message += ", and create_publication is false";
        }
        return new SourceException(ErrorKind.HELD, "PUBLICATION_MISSING", message, createStatement(tables), null);
    }

    private String createStatement(List<PublishedTable> tables) {
        if (!patterns.isEmpty() && tables.isEmpty()) {
            throw noTables();
        }
        String what = patterns.isEmpty() ? "FOR ALL TABLES" : "FOR TABLE " + names(tables);
        // With the root's name a change of a partition is one of the table that people know and that patterns name.
        return "CREATE PUBLICATION " + Sql.name(name) + " " + what + " WITH (publish_via_partition_root = true);";
    }

    private SourceException noTables() {
        List<String> some = session.query(
                "listing tables",
                "SELECT format('%s.%s', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                        + " WHERE " + PublishedTable.PUBLISHABLE + " ORDER BY 1 LIMIT " + NAMES_SHOWN,
                row -> row.getString(1));
        return new SourceException(
                ErrorKind.HELD,
                "NO_TABLES",
                "no table matches " + patterns + "; "
                        + (some.isEmpty() ? "there are no tables" : "there are " + String.join(", ", some)),
                "create the tables first, or correct the patterns in tables",
                null);
    }

    private List<PublishedTable> closeGaps(List<PublishedTable> tables, boolean create) {
        if (patterns.isEmpty()) {
            return tables;
        }
        if (tables.isEmpty()) {
            throw noTables();
        }
        List<PublishedTable> gaps =
                tables.stream().filter(table -> !table.published()).toList();
        if (gaps.isEmpty()) {
            return tables;
        }
        String statement = "ALTER PUBLICATION " + Sql.name(name) + " ADD TABLE " + names(gaps) + ";";
        if (create) {
            change(statement);
            LOG.info("Added tables to publication {}, whose changes are sent from now on: {}", name, names(gaps));
            return PublishedTable.list(session, name, patterns);
        }
        boolean named = gaps.stream().anyMatch(gap -> patterns.names(gap.schema(), gap.table()));
        if (named || gaps.size() == tables.size()) {
            throw new SourceException(
                    ErrorKind.HELD,
                    "PUBLICATION_GAP",
                    "publication " + name + " lacks tables that are to be captured: " + names(gaps),
                    statement,
                    null);
        }
        LOG.warn("Publication {} lacks tables that the patterns match; to capture them: {}", name, statement);
        return tables;
    }

    private void change(String statement) {
        try {
            session.execute(statement, STATEMENT_LIMIT_SECS);
        } catch (SQLException e) {
            if (SqlErrors.NO_RIGHT.equals(e.getSQLState())) {
                throw new SourceException(
                        ErrorKind.HELD,
                        "NO_RIGHT",
                        "the role may not make or change publication " + name + ": " + e.getMessage(),
                        statement,
                        e);
            }
            throw SqlErrors.classify("making publication " + name, e);
        }
    }

    private void warnOfMissingKinds(Kinds kinds) {
        if (!(kinds.insert() && kinds.update() && kinds.delete() && kinds.truncate())) {
            LOG.warn(
                    "Publication {} does not send everything: inserts {}, updates {}, deletes {}, truncates {}; to send all:"
                            + " ALTER PUBLICATION {} SET (publish = 'insert, update, delete, truncate');",
                    name,
                    kinds.insert(),
                    kinds.update(),
                    kinds.delete(),
                    kinds.truncate(),
                    Sql.name(name));
        }
    }

    private void warnOfPartitions(List<PublishedTable> tables, boolean viaRoot) {
        List<PublishedTable> roots =
                tables.stream().filter(PublishedTable::partitioned).toList();
        if (!viaRoot && !patterns.isEmpty() && !roots.isEmpty()) {
            LOG.warn(
                    "Publication {} sends changes of {} under the names of their partitions, which the patterns must match;"
                            + " to send them under the table's name:"
                            + " ALTER PUBLICATION {} SET (publish_via_partition_root = true);",
                    name,
                    names(roots),
                    Sql.name(name));
        }
    }

    private void warnOfIdentities(List<PublishedTable> tables) {
        List<String> statements = tables.stream()
                .filter(table -> table.published() && !table.identified() && !table.partitioned())
                .map(table -> "ALTER TABLE " + table.sqlName() + " REPLICA IDENTITY FULL;")
                .limit(NAMES_SHOWN)
                .toList();
        if (!statements.isEmpty()) {
            LOG.warn(
                    "Publication {} has tables without a replica identity, where PostgreSQL refuses updates and deletes; give"
                            + " each a primary key, or: {}",
                    name,
                    String.join(" ", statements));
        }
    }

    private static String names(List<PublishedTable> tables) {
        return String.join(", ", tables.stream().map(PublishedTable::sqlName).toList());
    }
}
