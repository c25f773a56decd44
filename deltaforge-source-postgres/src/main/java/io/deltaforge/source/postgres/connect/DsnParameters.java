package io.deltaforge.source.postgres.connect;

import static java.util.Map.entry;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The parameters that a connection string may hold: libpq's names (PostgreSQL documentation, section 32.1.2) where pgjdbc has
 * the like, and pgjdbc's own names for TLS, authentication and the network.
 */
final class DsnParameters {

    static final String HOST = "host";
    static final String PORT = "port";
    static final String DATABASE = "dbname";

    private static final int MAX_EDITS = 3;

    /** libpq's name to pgjdbc's property; the parts of the address have none. */
    private static final Map<String, String> LIBPQ = Map.ofEntries(
            entry(HOST, HOST),
            entry(PORT, PORT),
            entry(DATABASE, DATABASE),
            entry("database", DATABASE),
            entry("user", "user"),
            entry("password", "password"),
            entry("sslmode", "sslmode"),
            entry("sslrootcert", "sslrootcert"),
            entry("sslcert", "sslcert"),
            entry("sslkey", "sslkey"),
            entry("sslpassword", "sslpassword"),
            entry("sslnegotiation", "sslNegotiation"),
            entry("channel_binding", "channelBinding"),
            entry("gssencmode", "gssEncMode"),
            entry("krbsrvname", "kerberosServerName"),
            entry("connect_timeout", "connectTimeout"),
            entry("application_name", "ApplicationName"),
            entry("target_session_attrs", "targetServerType"),
            entry("options", "options"),
            entry("keepalives", "tcpKeepAlive"));

    private static final Set<String> PGJDBC = Set.of(
            "ApplicationName",
            "authenticationPluginClassName",
            "channelBinding",
            "connectTimeout",
            "gssEncMode",
            "hostRecheckSeconds",
            "jaasApplicationName",
            "jaasLogin",
            "kerberosServerName",
            "loadBalanceHosts",
            "localSocketAddress",
            "loginTimeout",
            "receiveBufferSize",
            "sendBufferSize",
            "socketFactory",
            "socketFactoryArg",
            "sslNegotiation",
            "sslResponseTimeout",
            "sslfactory",
            "sslfactoryarg",
            "sslhostnameverifier",
            "sslpasswordcallback",
            "sspiServiceClass",
            "targetServerType",
            "tcpKeepAlive",
            "tcpNoDelay",
            "useSpnego");

    private DsnParameters() {}

    /** Returns pgjdbc's property, {@link #HOST}, {@link #PORT} or {@link #DATABASE}; empty for an unknown name. */
    static Optional<String> property(String name) {
        String property = LIBPQ.get(name);
        return property == null && PGJDBC.contains(name) ? Optional.of(name) : Optional.ofNullable(property);
    }

    static Set<String> pgjdbcProperties() {
        Set<String> all = new TreeSet<>(PGJDBC);
        all.addAll(LIBPQ.values());
        return all;
    }

    /** Translates libpq's values where pgjdbc has other words; empty when it has none. */
    static Optional<String> value(String property, String value) {
        return switch (property) {
            case "targetServerType" ->
                Optional.ofNullable(
                        switch (value) {
                            case "any", "primary", "master" -> value;
                            case "read-write" -> "primary";
                            default -> null;
                        });
            case "tcpKeepAlive" -> Optional.of(value.equals("1") ? "true" : value.equals("0") ? "false" : value);
            default -> Optional.of(value);
        };
    }

    /** Returns the known name that is spelled almost like this one. */
    static Optional<String> nearest(String name) {
        Set<String> names = new TreeSet<>(LIBPQ.keySet());
        names.addAll(PGJDBC);
        String best = null;
        int fewest = Math.min(MAX_EDITS, Math.max(1, name.length() / 3)) + 1;
        for (String candidate : names) {
            int edits = edits(name.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
            if (edits < fewest) {
                fewest = edits;
                best = candidate;
            }
        }
        return Optional.ofNullable(best);
    }

    /** Levenshtein's distance, one row at a time. */
    private static int edits(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int replaced = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[other.length()];
    }
}
