package io.deltaforge.source.postgres.setup;

import java.util.List;
import java.util.Objects;

/**
 * A table that is to be captured: a table of its own or a partitioned one, whose partitions go with it.
 *
 * @param published whether the publication has it, or a part of it
 * @param partitioned whether it is only the root of its partitions
 * @param identified whether the log can say which row an update or a delete is about
 */
record PublishedTable(String schema, String table, boolean published, boolean partitioned, boolean identified) {

    /** What can be in a publication: ordinary and partitioned tables that are logged, and not the system's. */
    static final String PUBLISHABLE = "c.relkind IN ('r', 'p') AND c.relpersistence = 'p' AND c.oid >= 16384"
            + " AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'";

    /** Published tables reach up to the tables they are partitions of, and down to their own partitions. */
    private static final String QUERY = "WITH published AS ("
            + "  SELECT c.oid FROM pg_publication_tables t JOIN pg_namespace n ON n.nspname = t.schemaname"
            + "  JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = t.tablename WHERE t.pubname = ?),"
            + " reach AS ("
            + "  SELECT oid FROM published"
            + "  UNION SELECT a.relid::oid FROM published p, pg_partition_ancestors(p.oid) a"
            + "  UNION SELECT d.relid::oid FROM published p, pg_partition_tree(p.oid) d)"
            + " SELECT n.nspname, c.relname, EXISTS (SELECT FROM reach WHERE reach.oid = c.oid), c.relkind = 'p',"
            + "  CASE c.relreplident WHEN 'f' THEN true WHEN 'n' THEN false"
            + "   WHEN 'd' THEN EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)"
            + "   ELSE EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisreplident) END,"
            + "  pn.nspname, pc.relname"
            + " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            + " LEFT JOIN pg_class pc ON c.relispartition AND pc.oid = pg_partition_root(c.oid)"
            + " LEFT JOIN pg_namespace pn ON pn.oid = pc.relnamespace"
            + " WHERE " + PUBLISHABLE + " ORDER BY n.nspname, c.relname";

    /** Lists what the patterns match; a partition only if they do not match its root as well. */
    static List<PublishedTable> list(DatabaseSession session, String publication, TablePatterns patterns) {
        return session
                .query(
                        "comparing publication " + publication + " with the tables",
                        QUERY,
                        row -> {
                            String schema = row.getString(1);
                            String table = row.getString(2);
                            boolean withRoot =
                                    row.getString(7) != null && patterns.matches(row.getString(6), row.getString(7));
                            return patterns.matches(schema, table) && !withRoot
                                    ? new PublishedTable(
                                            schema, table, row.getBoolean(3), row.getBoolean(4), row.getBoolean(5))
                                    : null;
                        },
                        publication)
                .stream()
                .filter(Objects::nonNull)
                .toList();
    }

    String sqlName() {
        return Sql.name(schema, table);
    }
}
