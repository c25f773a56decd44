package io.deltaforge.source.postgres.setup;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.check.CheckReport;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import io.deltaforge.api.source.Attachment;
import io.deltaforge.source.postgres.connect.SqlErrors;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
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

    /** Something that works and is hardly meant, with the statements that put it right. */
    private record Doubt(String code, String message, String statements) {}

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
        doubts(found, tables).forEach(doubt -> LOG.warn("{}; to do: {}", doubt.message(), doubt.statements()));
    }

    /**
     * Says what {@link #prepare} would find, and changes nothing.
     *
     * @param create whether the publication may be made, and tables added to it
     * @param report told what is found
     */
    public void check(boolean create, CheckReport report) {
        List<Kinds> found = kinds();
        List<PublishedTable> tables = PublishedTable.list(session, name, patterns);
        if (found.isEmpty()) {
            checkMissing(tables, create, report);
            return;
        }
        List<PublishedTable> gaps = patterns.isEmpty()
                ? List.of()
                : tables.stream().filter(table -> !table.published()).toList();
        if (!patterns.isEmpty() && tables.isEmpty()) {
            throw noTables();
        }
        if (gaps.isEmpty()) {
            report.ok("PUBLICATION", "publication " + name + " has all captured tables: " + patterns);
        } else if (create && mayChange(gaps)) {
            report.ok("PUBLICATION", "tables will be added to publication " + name + " at the start: " + names(gaps));
        } else if (create) {
            report.error(
                    "NO_RIGHT",
                    "the role may not add tables to publication " + name
                            + ": it must own the publication and the tables",
                    addStatement(gaps));
        } else if (isFatal(gaps, tables)) {
            report.error("PUBLICATION_GAP", gapMessage(gaps), addStatement(gaps));
        } else {
            report.warning("PUBLICATION_GAP", gapMessage(gaps), addStatement(gaps));
        }
        doubts(found, tables).forEach(doubt -> report.warning(doubt.code(), doubt.message(), doubt.statements()));
    }

    private void checkMissing(List<PublishedTable> tables, boolean create, CheckReport report) {
        String statement = createStatement(tables);
        if (!create) {
            report.error(
                    "PUBLICATION_MISSING",
                    "publication " + name + " does not exist, and create_publication is false",
                    statement);
        } else if (mayMake(tables)) {
            report.ok("PUBLICATION", "publication " + name + " will be made at the first start for " + patterns);
        } else {
            report.error("NO_RIGHT", "the role may not make publication " + name, statement);
        }
        identityDoubts(tables, table -> true)
                .forEach(doubt -> report.warning(doubt.code(), doubt.message(), doubt.statements()));
    }

    /** As CREATE PUBLICATION asks (PostgreSQL documentation): CREATE on the database and all tables; superuser for ALL TABLES. */
    private boolean mayMake(List<PublishedTable> tables) {
        boolean create = session.one(
                "asking for rights",
                patterns.isEmpty()
                        ? "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
                        : "SELECT has_database_privilege(current_database(), 'CREATE')",
                row -> row.getBoolean(1));
        return create && (patterns.isEmpty() || ownsAll(tables));
    }

    private boolean mayChange(List<PublishedTable> tables) {
        boolean own = session.one(
                "asking who owns publication " + name,
                "SELECT pg_has_role(pubowner, 'USAGE') FROM pg_publication WHERE pubname = ?",
                row -> row.getBoolean(1),
                name);
        return own && ownsAll(tables);
    }

    private boolean ownsAll(List<PublishedTable> tables) {
        return tables.stream()
                .allMatch(table -> session.one(
                        "asking who owns " + table.sqlName(),
                        "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = ?::regclass",
                        row -> row.getBoolean(1),
                        table.sqlName()));
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
                "SELECT format('%s.%s', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid ="
                        + " c.relnamespace WHERE " + PublishedTable.PUBLISHABLE + " ORDER BY 1 LIMIT " + NAMES_SHOWN,
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
        if (create) {
            change(addStatement(gaps));
            LOG.info("Added tables to publication {}, whose changes are sent from now on: {}", name, names(gaps));
            return PublishedTable.list(session, name, patterns);
        }
        if (isFatal(gaps, tables)) {
            throw new SourceException(ErrorKind.HELD, "PUBLICATION_GAP", gapMessage(gaps), addStatement(gaps), null);
        }
        LOG.warn("{}; to do: {}", gapMessage(gaps), addStatement(gaps));
        return tables;
    }

    private boolean isFatal(List<PublishedTable> gaps, List<PublishedTable> tables) {
        return gaps.size() == tables.size() || gaps.stream().anyMatch(gap -> patterns.names(gap.schema(), gap.table()));
    }

    private String gapMessage(List<PublishedTable> gaps) {
        return "publication " + name + " lacks tables that are to be captured: " + names(gaps);
    }

    private String addStatement(List<PublishedTable> gaps) {
        return "ALTER PUBLICATION " + Sql.name(name) + " ADD TABLE " + names(gaps) + ";";
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

    private List<Doubt> doubts(List<Kinds> found, List<PublishedTable> tables) {
        List<Doubt> doubts = new ArrayList<>();
        for (Kinds kinds : found) {
            if (!(kinds.insert() && kinds.update() && kinds.delete() && kinds.truncate())) {
                doubts.add(new Doubt(
                        "PUBLICATION_KINDS",
                        "publication " + name + " does not send everything: inserts " + kinds.insert() + ", updates "
                                + kinds.update() + ", deletes " + kinds.delete() + ", truncates " + kinds.truncate(),
                        "ALTER PUBLICATION " + Sql.name(name)
                                + " SET (publish = 'insert, update, delete, truncate');"));
            }
        }
        List<PublishedTable> roots =
                tables.stream().filter(PublishedTable::partitioned).toList();
        if (found.stream().noneMatch(Kinds::viaRoot) && !patterns.isEmpty() && !roots.isEmpty()) {
            doubts.add(new Doubt(
                    "PUBLICATION_PARTITIONS",
                    "publication " + name + " sends changes of " + names(roots)
                            + " under the names of their partitions, which the patterns must match",
                    "ALTER PUBLICATION " + Sql.name(name) + " SET (publish_via_partition_root = true);"));
        }
        if (found.stream().anyMatch(kinds -> kinds.update() || kinds.delete())) {
            doubts.addAll(identityDoubts(tables, PublishedTable::published));
        }
        return doubts;
    }

    private static List<Doubt> identityDoubts(List<PublishedTable> tables, Predicate<PublishedTable> sent) {
        List<String> statements = tables.stream()
                .filter(table -> sent.test(table) && !table.identified() && !table.partitioned())
                .map(table -> "ALTER TABLE " + table.sqlName() + " REPLICA IDENTITY FULL;")
                .limit(NAMES_SHOWN)
                .toList();
        return statements.isEmpty()
                ? List.of()
                : List.of(new Doubt(
                        "REPLICA_IDENTITY",
                        "there are captured tables without a replica identity, where PostgreSQL refuses updates and"
                                + " deletes once they are published; give each a primary key, or have whole rows logged",
                        String.join("\n", statements)));
    }

    private static String names(List<PublishedTable> tables) {
        return String.join(", ", tables.stream().map(PublishedTable::sqlName).toList());
    }
}
