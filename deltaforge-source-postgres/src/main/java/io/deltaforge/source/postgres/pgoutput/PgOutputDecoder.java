package io.deltaforge.source.postgres.pgoutput;

import static java.util.Objects.requireNonNull;

import io.deltaforge.source.postgres.type.PgType;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.function.BiPredicate;

/**
 * Decodes one stream of pgoutput messages, protocol version 1 (PostgreSQL documentation, section 54.9, Logical Replication
 * Message Formats). One instance per stream and thread: what it knows about tables holds for one session of the server.
 */
public final class PgOutputDecoder {

    /**
     * Settings of the replication session that the text forms of values depend on, in the form of pgjdbc's property
     * {@code options} (libpq's {@code options}). Without them values may be read wrongly.
     */
    public static final String SESSION_OPTIONS = "-c DateStyle=ISO,MDY -c IntervalStyle=postgres -c TimeZone=UTC"
            + " -c extra_float_digits=3 -c bytea_output=hex -c lc_monetary=C";

    /**
     * The reason of the failure that says: a value came in a binary form that is not known. Nothing of the message was
     * reported; the stream has to be opened again in text mode ({@code binary 'false'}).
     */
    public static final String TEXT_MODE_NEEDED = "TEXT_MODE_NEEDED";

    private final Catalog catalog;
    private final String database;
    private final BiPredicate<String, String> captured;

    /**
     * Makes a decoder.
     *
     * @param catalog answers what the log does not say
     * @param database the name of the database, for {@link io.deltaforge.api.event.TableSchema#database()}
     * @param captured says for a schema and a table whether its changes are wanted; others are not reported
     */
    public PgOutputDecoder(Catalog catalog, String database, BiPredicate<String, String> captured) {
        this.catalog = requireNonNull(catalog, "catalog is null");
        this.database = requireNonNull(database, "database is null");
        this.captured = requireNonNull(captured, "captured is null");
    }

    /**
     * Finds the types whose binary form is not known here: a stream over tables with such columns needs text mode.
     *
     * @param catalog describes the types; blocks on the database for those it does not know yet
     * @param typeOids the types of all captured columns
     * @return those that need text mode, each once; empty when the stream may be binary
     */
    public static List<PgType> typesThatNeedText(Catalog catalog, Collection<Integer> typeOids) {
        throw new UnsupportedOperationException();
    }

    /**
     * Decodes one message and reports what it says. Rows refer to the buffer's array where that is not much larger than the
     * message, so the array must not be written to afterwards; pgjdbc hands out a new one per message.
     *
     * @param message one whole message, from the buffer's position to its limit
     * @param out receives the content
     * @throws io.deltaforge.api.error.SourceException of kind FATAL with reason {@code MALFORMED_MESSAGE} when the bytes are not
     *     such a message, of kind RETRIABLE with reason {@link #TEXT_MODE_NEEDED} when the stream has to be text
     */
    public void decode(ByteBuffer message, ReplicationMessages out) {
        throw new UnsupportedOperationException();
    }
}
