package io.deltaforge.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;

/**
 * A real PostgreSQL server as a child process, ready for logical replication.
 *
 * <p>Life cycle: {@link Builder#start()}, then any of {@link #pause()} and {@link #resume()}, {@link #stop()} or
 * {@link #kill()} followed by {@link #restart()}, and at last {@link #close()}. A server that is never closed ends with
 * this JVM, even if the JVM is killed.
 *
 * <p>It listens on 127.0.0.1 only, writes durably ({@code fsync} and {@code synchronous_commit} are on), stores UTF-8,
 * and its superuser {@code postgres} logs in with a password (SCRAM-SHA-256).
 *
 * <p>Thread-safe; life-cycle methods block each other.
 */
public final class PostgresServer implements AutoCloseable {
    private static final String HOST = "127.0.0.1";
    private static final String USER = "postgres";
    private static final String PASSWORD = "sandbox";
    private static final String DEFAULT_DATABASE = "postgres";
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(15);
    private static final int PORT_ATTEMPTS = 5;

    private final String name;
    private final Path binaries;
    private final Path data;
    private final boolean temporary;
    private final boolean portFixed;
    private final Map<String, String> settings;
    private final Unprivileged unprivileged;
    private volatile int port;
    private volatile ChildProcess process;
    private boolean closed;

    private PostgresServer(Builder builder) {
        RunDirectory run = RunDirectory.ofThisJvm();
        name = run.uniqueName("postgres");
        binaries = PostgresBinaries.directory(builder.version);
        unprivileged = builder.unprivileged != null ? builder.unprivileged : Unprivileged.detect(run.path());
        temporary = builder.dataDirectory == null;
        data = temporary ? run.createDirectory(name).resolve("data") : builder.dataDirectory.toAbsolutePath();
        portFixed = builder.port != 0;
        port = builder.port;
        settings = Map.copyOf(builder.settings);
    }

    /** Returns a builder with the defaults described at its methods. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns the address the server listens on. */
    public String host() {
        return HOST;
    }

    /** Returns the port the server listens on; it stays the same across {@link #restart()}. */
    public int port() {
        return port;
    }

    /** Returns the name of the superuser. */
    public String user() {
        return USER;
    }

    /** Returns the superuser's password. */
    public String password() {
        return PASSWORD;
    }

    /**
     * Returns the JDBC URL of a database, without user and password.
     *
     * @param database the database, {@code postgres} always exists
     */
    public String jdbcUrl(String database) {
        return "jdbc:postgresql://" + HOST + ":" + port + "/" + database;
    }

    /**
     * Returns the connection URI of a database with user and password in it.
     *
     * @param database the database, {@code postgres} always exists
     */
    public String dsn(String database) {
        return "postgresql://" + USER + ":" + PASSWORD + "@" + HOST + ":" + port + "/" + database;
    }

    /** Returns the directory with the database cluster (PGDATA). */
    public Path dataDirectory() {
        return data;
    }

    /** Returns the process id of the postmaster started last. */
    public long pid() {
        return process.pid();
    }

    /** Tells whether the postmaster runs; a paused one does. */
    public boolean isRunning() {
        return process.isRunning();
    }

    /**
     * Opens a connection as superuser; the caller closes it.
     *
     * @param database the database to connect to
     * @throws SQLException if the server does not accept it
     */
    public Connection connect(String database) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", USER);
        properties.setProperty("password", PASSWORD);
        return DriverManager.getConnection(jdbcUrl(database), properties);
    }

    /**
     * Executes statements one by one in database {@code postgres}, each in its own transaction.
     *
     * @throws SandboxException if one fails; the message holds the statement
     */
    public void execute(String... statements) {
        executeIn(DEFAULT_DATABASE, statements);
    }

    /**
     * Executes statements one by one in the given database, each in its own transaction.
     *
     * @throws SandboxException if one fails; the message holds the statement
     */
    public void executeIn(String database, String... statements) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                execute(statement, sql);
            }
        } catch (SQLException e) {
            throw new SandboxException("cannot connect to " + jdbcUrl(database) + ": " + e.getMessage(), e);
        }
    }

    /** Creates an empty database (UTF-8); the name is taken literally. */
    public void createDatabase(String database) {
        execute("CREATE DATABASE \"" + database.replace("\"", "\"\"") + "\"");
    }

    /**
     * Drops a database with its replication slots, ending whoever is connected; nothing happens if there is none of that
     * name. Slots keep the server's log for all databases and are few, so a shared server needs them back.
     */
    public void dropDatabase(String database) {
        String literal = "'" + database.replace("'", "''") + "'";
        execute(
                "SELECT pg_terminate_backend(active_pid, 10000) FROM pg_replication_slots WHERE active AND database = "
                        + literal,
                "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = " + literal,
                "DROP DATABASE IF EXISTS \"" + database.replace("\"", "\"\"") + "\" WITH (FORCE)");
    }

    /**
     * Stops in good order: open transactions are rolled back, connections closed, a checkpoint is written. Blocks until
     * the server has ended; a client that does not read what the server sends it is cut off after 15 s.
     */
    public synchronized void stop() {
        if (!process.isRunning()) {
            return;
        }
        process.tree().resume();
        process.tree().signalRoot("INT");
        if (!process.ended(STOP_TIMEOUT)) {
            stopAtOnce();
        }
    }

    /** Kills the postmaster and all its children at once and blocks until they are gone; the data stay as they are. */
    public synchronized void kill() {
        process.kill();
    }

    /** Freezes the server with all its children: connections stay open and nobody answers. */
    public synchronized void pause() {
        process.tree().pause();
    }

    /** Lets a frozen server go on. */
    public synchronized void resume() {
        process.tree().resume();
    }

    /** Stops the server if it runs and starts it on the same data and port; blocks until it accepts connections. */
    public synchronized void restart() {
        if (closed) {
            throw new SandboxException(name + " is closed");
        }
        stop();
        startOn(port);
    }

    /** Stops the server if it runs and deletes its data, unless the data directory was given. Idempotent. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (process != null) {
            if (temporary) {
                stopAtOnce();
                removeSharedMemory();
            } else {
                stop();
            }
        }
        if (temporary) {
            RunDirectory.deleteTree(data.getParent());
        }
        RunDirectory.ofThisJvm().closed(this);
    }

    /** Returns the CPU time in seconds, user and system, of the server and all its present and past children. */
    public double cpuSeconds() {
        return process.tree().cpuSeconds(commandLine -> true);
    }

    /** Returns the CPU time in seconds, user and system, of the replication senders connected right now. */
    public double walSenderCpuSeconds() {
        return process.tree().cpuSeconds(commandLine -> commandLine.contains("walsender"));
    }

    /** Returns the last 4 KiB of the server's log. */
    public String logTail() {
        return process.logTail();
    }

    private void start() {
        initialise();
        for (int attempt = 1; ; attempt++) {
            int candidate = portFixed ? port : Ports.free();
            try {
                startOn(candidate);
                RunDirectory.ofThisJvm().closeAtExit(this);
                return;
            } catch (SandboxException e) {
                if (portFixed || attempt == PORT_ATTEMPTS || Ports.isFree(candidate)) {
                    throw e;
                }
            }
        }
    }

    private void initialise() {
        if (Files.exists(data.resolve("PG_VERSION"))) {
            return;
        }
        Path home = RunDirectory.ofThisJvm().createDirectory(name);
        try {
            Files.createDirectories(data);
            Path password = home.resolve("password");
            Files.writeString(password, PASSWORD);
            unprivileged.handOver(home);
            unprivileged.handOver(data);
            List<String> initdb = List.of(
                    binary("initdb"),
                    "--pgdata=" + data,
                    "--username=" + USER,
                    "--pwfile=" + password,
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale=C",
                    // The system may crash halfway through; we start anew then. What runs later is synced.
                    "--no-sync");
            ChildProcess.start(name + "-initdb", unprivileged.wrap(initdb), environment(), home.resolve("initdb.log"))
                    .awaitSuccess(START_TIMEOUT);
            Files.writeString(data.resolve("postgresql.conf"), "include 'sandbox.conf'\n", StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new SandboxException("cannot prepare " + data + ": " + e.getMessage(), e);
        }
    }

    private void startOn(int candidate) {
        if (!Ports.isFree(candidate)) {
            throw new SandboxException("cannot start " + name + ": port " + candidate + " on " + HOST + " is taken");
        }
        port = candidate;
        writeSettings();
        ChildProcess started = ChildProcess.start(
                name,
                unprivileged.wrap(List.of(binary("postgres"), "-D", data.toString())),
                environment(),
                data.resolve("server.log"));
        process = started;
        try {
            started.awaitReady(START_TIMEOUT, this::acceptsConnections);
        } catch (SandboxException e) {
            stopAtOnce();
            throw e;
        }
    }

    private void writeSettings() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("wal_level", "logical");
        all.put("fsync", "on");
        all.put("synchronous_commit", "on");
        all.put("max_connections", "100");
        all.put("max_wal_senders", "20");
        all.put("max_replication_slots", "20");
        all.put("max_prepared_transactions", "20");
        all.put("shared_buffers", "128MB");
        // In the data directory, so that it disappears with it even if the server is killed.
        all.put("dynamic_shared_memory_type", "mmap");
        all.put("timezone", "UTC");
        all.put("log_timezone", "UTC");
        all.put("logging_collector", "off");
        all.putAll(settings);
        all.put("listen_addresses", HOST);
        all.put("unix_socket_directories", "");
        all.put("port", Integer.toString(port));
        StringBuilder file = new StringBuilder();
        all.forEach((key, value) -> file.append(key)
                .append(" = '")
                .append(value.replace("\\", "\\\\").replace("'", "''"))
                .append("'\n"));
        try {
            Files.writeString(data.resolve("sandbox.conf"), file);
            unprivileged.handOver(data.resolve("sandbox.conf"));
        } catch (IOException e) {
            throw new SandboxException("cannot write the settings to " + data + ": " + e.getMessage(), e);
        }
    }

    private boolean acceptsConnections() {
        // The port first: it costs little, and the driver's own attempts would each raise an exception.
        if (!Ports.accepts(port)) {
            return false;
        }
        try (Connection connection = connect(DEFAULT_DATABASE)) {
            return connection.isValid(1);
        } catch (SQLException e) {
            return false;
        }
    }

    /** Ends the server without a checkpoint but with its shared memory removed. */
    private void stopAtOnce() {
        if (process.isRunning()) {
            process.tree().resume();
            process.tree().signalRoot("QUIT");
            process.ended(STOP_TIMEOUT);
            process.kill();
        }
    }

    /** Removes the small System V segment that a killed postmaster leaves; its id is in line 7 of the lock file. */
    private void removeSharedMemory() {
        try {
            Path lock = data.resolve("postmaster.pid");
            List<String> lines = Files.exists(lock) ? Files.readAllLines(lock) : List.of();
            if (lines.size() >= 7) {
                String[] keyAndId = lines.get(6).trim().split("\\s+", -1);
                ChildProcess.probe("ipcrm", "-m", keyAndId[keyAndId.length - 1]);
            }
        } catch (IOException e) {
            throw new SandboxException("cannot read the lock file of " + name, e);
        }
    }

    private String binary(String program) {
        return binaries.resolve("bin").resolve(program).toString();
    }

    private static Map<String, String> environment() {
        return Map.of("LC_ALL", "C", "TZ", "UTC");
    }

    private static void execute(Statement statement, String sql) {
        try {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new SandboxException("statement failed: " + sql + ": " + e.getMessage(), e);
        }
    }

    /** Collects what differs from the defaults. Not thread-safe. */
    public static final class Builder {
        private final Map<String, String> settings = new LinkedHashMap<>();
        private String version;
        private Path dataDirectory;
        private int port;
        private Unprivileged unprivileged;

        private Builder() {}

        /**
         * Chooses among several PostgreSQL versions on the class path; default is the newest.
         *
         * @param version the version of the artifact, such as 18.6.0
         */
        public Builder version(String version) {
            this.version = Objects.requireNonNull(version, "version is null");
            return this;
        }

        /**
         * Keeps the data in a given directory (PGDATA), which {@link PostgresServer#close()} leaves alone. A directory
         * with a database cluster of this sandbox is started as it is; default is a temporary one.
         */
        public Builder dataDirectory(Path directory) {
            this.dataDirectory = Objects.requireNonNull(directory, "directory is null");
            return this;
        }

        /** Listens on the given port; default is a free one. */
        public Builder port(int port) {
            this.port = port;
            return this;
        }

        /** Adds a server setting ({@code postgresql.conf}), which overrides the sandbox's own of that name. */
        public Builder setting(String key, String value) {
            settings.put(Objects.requireNonNull(key, "key is null"), Objects.requireNonNull(value, "value is null"));
            return this;
        }

        /** For tests of the ways to leave root behind. */
        Builder unprivileged(Unprivileged way) {
            this.unprivileged = way;
            return this;
        }

        /**
         * Starts the server; blocks until it accepts connections.
         *
         * @throws SandboxException if it does not start; the message ends with its log
         */
        public PostgresServer start() {
            PostgresServer server = new PostgresServer(this);
            try {
                server.start();
                return server;
            } catch (SandboxException e) {
                server.close();
                throw e;
            }
        }
    }
}
