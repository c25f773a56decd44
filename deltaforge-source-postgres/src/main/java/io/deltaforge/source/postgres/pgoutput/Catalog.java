package io.deltaforge.source.postgres.pgoutput;

import io.deltaforge.source.postgres.type.PgType;
import java.util.List;

/**
 * What the log does not say about types and tables and the database's catalog does. It shows the database as it is now, not as
 * it was when the log was written, so nothing here decides how bytes are decoded into columns. Used by one thread; every method
 * may block on the database.
 *
 * <p>Errors are {@link io.deltaforge.api.error.SourceException}s: {@code CATALOG_UNREACHABLE} is retriable.
 */
public interface Catalog {

    /**
     * Looks up a type.
     *
     * @param oid its OID
     * @return the type, or {@link PgType#unknown} when it does not exist any more
     */
    PgType type(int oid);

    /**
     * Takes note of the name that the log gives to a type; a type known by another name is looked up again at its next use.
     *
     * @param oid its OID
     * @param name its name without the schema
     */
    void typeNamed(int oid, String name);

    /**
     * Names a type with its modifier, as {@code format_type} does.
     *
     * @param type the type
     * @param modifier the column's {@code atttypmod}, -1 for none
     * @return for example {@code numeric(10,2)}
     */
    String displayName(PgType type, int modifier);

    /**
     * Looks up a table's primary key.
     *
     * @param relation the table's OID
     * @param shape a hash of the table's shape in the log; an answer kept for another shape is not used
     * @return the names of its columns in key order; empty without a primary key, and when the table is gone
     */
    List<String> primaryKey(int relation, long shape);

    /**
     * Forgets what was kept about a table's primary key, because the log hints at a change of the table.
     *
     * @param relation the table's OID
     */
    void tableChanged(int relation);
}
