package io.deltaforge.source.postgres.connect;

import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.sql.SQLException;
import java.util.Set;
import javax.net.ssl.SSLException;

/**
 * Says what a failure of the database means, by its SQLSTATE (PostgreSQL documentation, appendix A). Never by its text, which
 * is translated, with the one exception that {@link #WEDGE} explains.
 */
public final class SqlErrors {

    /** The SQLSTATE of something that another session uses, as a slot. */
    public static final String IN_USE = "55006";

    /** The SQLSTATE of a slot, publication or type that does not exist. */
    public static final String UNDEFINED = "42704";

    /** The SQLSTATE of something that is not in the state that the statement needs, as an invalidated slot. */
    public static final String NOT_IN_STATE = "55000";

    /** The SQLSTATE of a right that the role lacks. */
    public static final String NO_RIGHT = "42501";

    /** The SQLSTATE of a statement that took too long. */
    public static final String CANCELLED = "57014";

    private static final String INTERNAL = "XX000";

    /**
     * The server reports a value that does not fit into the one gigabyte that its memory blocks may have with the general code
     * of internal errors; these texts are never translated.
     */
    private static final String WEDGE = "invalid memory alloc request size";

    /** Connection lost, resources short, serialisation, statement cancelled or server going down or coming up, I/O, internal. */
    private static final Set<String> PASSING = Set.of("08", "53", "40", "57", "58", "XX", "25");

    private SqlErrors() {}

    /**
     * Classifies a failure.
     *
     * @param doing what was tried, for the message ({@code "reading the log"})
     * @param failure the failure
     * @return the failure as the engine takes it
     */
    public static SourceException classify(String doing, SQLException failure) {
        String state = failure.getSQLState() == null ? "" : failure.getSQLState();
        String message =
                doing + " failed: " + failure.getMessage() + (state.isEmpty() ? "" : " (SQLSTATE " + state + ")");
        if (isCausedBy(failure, CertificateException.class)) {
            return new SourceException(
                    ErrorKind.HELD,
                    "TLS",
                    message + rootCause(failure),
                    "check sslmode, sslrootcert and the certificate of the server",
                    failure);
        }
        if (state.startsWith("28")) {
            return held("AUTHENTICATION", message, "check user, password and the server's pg_hba.conf", failure);
        }
        return switch (state) {
            case "3D000" -> held("DATABASE_MISSING", message, "check the name of the database", failure);
            case NO_RIGHT -> held("NO_RIGHT", message, "give the role the right that the message names", failure);
            case UNDEFINED -> held("MISSING", message, null, failure);
            case NOT_IN_STATE -> held("NOT_IN_STATE", message, null, failure);
            case IN_USE -> new SourceException(ErrorKind.STANDBY, "IN_USE", message, failure);
            case INTERNAL -> internal(message, failure);
            case "08004" ->
                held("REFUSED", message, "check sslmode, and that the server offers what it asks for", failure);
            default -> general(state, message + rootCause(failure), failure);
        };
    }

    private static SourceException internal(String message, SQLException failure) {
        if (failure.getMessage() != null && failure.getMessage().contains(WEDGE)) {
            return held(
                    "VALUE_TOO_LARGE",
                    message
                            + ": a value in the log is larger than the server can send as text (half a gigabyte of bytea is)",
                    "if every captured type has a binary form, the stream is binary and such values pass: exclude the tables"
                            + " with types of unknown form; else skip the transaction with pg_replication_slot_advance and"
                            + " load its rows by hand",
                    failure);
        }
        return new SourceException(ErrorKind.RETRIABLE, "INTERNAL", message, failure);
    }

    private static SourceException general(String state, String message, SQLException failure) {
        boolean passing = state.length() != 5 || PASSING.contains(state.substring(0, 2)) || state.equals("55P03");
        return passing
                ? new SourceException(
                        ErrorKind.RETRIABLE, state.startsWith("08") ? "CONNECTION" : "DATABASE", message, failure)
                : new SourceException(ErrorKind.FATAL, "DATABASE", message, failure);
    }

    private static SourceException held(String reason, String message, String remedy, SQLException failure) {
        return new SourceException(ErrorKind.HELD, reason, message, remedy, failure);
    }

    private static boolean isCausedBy(Throwable failure, Class<? extends Throwable> type) {
        Throwable cause = failure;
        while (cause != null && !type.isInstance(cause)) {
            cause = cause.getCause();
        }
        return cause != null;
    }

    /** The driver often says only that something went wrong; what did is in the cause. */
    private static String rootCause(SQLException failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        boolean telling = cause != failure
                && (cause instanceof IOException
                        || cause instanceof SSLException
                        || cause instanceof CertificateException);
        return telling ? ": " + cause : "";
    }
}
