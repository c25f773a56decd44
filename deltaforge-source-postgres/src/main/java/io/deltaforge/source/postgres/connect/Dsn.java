package io.deltaforge.source.postgres.connect;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.config.Secret;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;

/**
 * Where a database is and how to log in, read from a connection string. Holds secrets: its string form does not show them.
 * Immutable.
 */
public final class Dsn {

    private static final String DEFAULT_PORT = "5432";

    private final String hosts;
    private final String database;
    private final Map<String, String> properties;

    private Dsn(String hosts, String database, Map<String, String> properties) {
        this.hosts = hosts;
        this.database = database;
        this.properties = Map.copyOf(properties);
    }

    /**
     * Reads a connection string.
     *
     * @param text {@code postgres://user:password@host:port/database?sslmode=...}, the same with {@code postgresql://} or
     *     {@code jdbc:postgresql://}, or libpq's {@code host=... dbname=...}
     * @param problems told everything that is wrong, without secrets
     * @return what was read, or null when something is wrong
     */
    public static Dsn parse(Secret text, Consumer<String> problems) {
        DsnText parsed = DsnText.parse(requireNonNull(text, "text is null").reveal());
        List<String> found = new ArrayList<>(parsed.problems());
        Map<String, String> parameters = new LinkedHashMap<>(parsed.parameters());
        String host = parameters.remove(DsnParameters.HOST);
        String port = parameters.remove(DsnParameters.PORT);
        String database = parameters.remove(DsnParameters.DATABASE);
        String hosts = hosts(host == null || host.isEmpty() ? "localhost" : host, port == null ? "" : port, found);
        String user = parameters.get("user");
        if ((user == null || user.isEmpty()) && found.isEmpty()) {
            found.add("there is no user");
        }
        found.forEach(problems);
        return found.isEmpty()
                ? new Dsn(hosts, database == null || database.isEmpty() ? user : database, parameters)
                : null;
    }

    private static String hosts(String hostList, String portList, List<String> problems) {
        String[] hosts = hostList.split(",", -1);
        String[] ports = portList.split(",", -1);
        if (ports.length != 1 && ports.length != hosts.length) {
            problems.add(hosts.length + " hosts and " + ports.length + " ports; expected one port, or one per host");
            return "";
        }
        List<String> pairs = new ArrayList<>();
        for (int i = 0; i < hosts.length; i++) {
            String port = ports[ports.length == 1 ? 0 : i];
            if (!port.isEmpty() && !(port.matches("\\d{1,5}") && Integer.parseInt(port) <= 65_535)) {
                problems.add("the port of host " + (i + 1) + " is not a number up to 65535");
            }
            if (hosts[i].startsWith("/") || hosts[i].startsWith("@")) {
                problems.add("host " + (i + 1) + " is a Unix-domain socket, which Java cannot reach; expected a name or"
                        + " an address");
            } else if (!hosts[i].matches("[\\p{L}\\p{N}._-]+|\\[?[0-9A-Fa-f:.]+(%[A-Za-z0-9]+)?]?")) {
                problems.add("host " + (i + 1) + " is neither a name nor an address; write special characters of the"
                        + " password as %XX");
            }
            boolean bareAddress = hosts[i].indexOf(':') >= 0 && !hosts[i].startsWith("[");
            pairs.add((bareAddress ? "[" + hosts[i] + "]" : hosts[i]) + ":" + (port.isEmpty() ? DEFAULT_PORT : port));
        }
        return String.join(",", pairs);
    }

    /**
     * Returns the servers, for people.
     *
     * @return {@code host:port}, several with commas
     */
    public String hosts() {
        return hosts;
    }

    /**
     * Returns the database's name.
     *
     * @return the name
     */
    public String database() {
        return database;
    }

    /**
     * Returns the role that logs in.
     *
     * @return its name
     */
    public String user() {
        return properties.get("user");
    }

    /** Returns pgjdbc's address of the server and the database, without secrets. */
    String url() {
        return "jdbc:postgresql://" + hosts + "/"
                + URLEncoder.encode(database, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Returns pgjdbc's properties with the secrets, a new object. */
    Properties properties() {
        Properties copy = new Properties();
        properties.forEach(copy::setProperty);
        return copy;
    }

    @Override
    public String toString() {
        return user() + "@" + hosts + "/" + database;
    }
}
