package io.deltaforge.sandbox;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.Uuid;

/**
 * A real Kafka broker (KRaft, broker and controller in one) in a JVM of its own, with a class path of its own.
 *
 * <p>Life cycle: {@link Builder#start()}, then any of {@link #pause()} and {@link #resume()}, {@link #stop()} or
 * {@link #kill()} followed by {@link #restart()}, and at last {@link #close()}. A broker that is never closed ends with
 * this JVM, even if the JVM is killed.
 *
 * <p>It listens on 127.0.0.1 only, without encryption or authentication, and on further ports if the builder says so; internal
 * topics have one replica and few partitions; topics are created by first use; transactions work by
 * {@code transaction.version} 2. Several that belong together are a {@link KafkaCluster}.
 *
 * <p>Thread-safe; life-cycle methods block each other.
 */
public final class KafkaBroker implements AutoCloseable {
    private static final String HOST = "127.0.0.1";
    private static final Duration START_TIMEOUT = Duration.ofSeconds(90);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(20);
    private static final int PORT_ATTEMPTS = 5;
    private static final int ADMIN_TIMEOUT_MS = 2_000;

    private final String name;
    private final Path directory;
    private final boolean temporary;
    private final boolean portFixed;
    private final Map<String, String> properties;
    private final List<String> jvmOptions;
    private final int transactionVersion;
    private final BrokerClassPath classPath;
    private final List<BrokerListener> listeners;
    private final Membership membership;
    private volatile int port;
    private volatile int controllerPort;
    private volatile ChildProcess process;
    private boolean closed;

    private KafkaBroker(Builder builder) {
        RunDirectory run = RunDirectory.ofThisJvm();
        name = run.uniqueName("kafka");
        classPath = BrokerClassPath.find(KafkaBroker.class.getClassLoader());
        temporary = builder.dataDirectory == null;
        directory = temporary ? run.createDirectory(name) : builder.dataDirectory.toAbsolutePath();
        portFixed = builder.port != 0;
        port = builder.port;
        properties = Map.copyOf(builder.properties);
        List<String> options = new ArrayList<>(BrokerArchive.jvmOptions(classPath.jars()));
        options.addAll(builder.jvmOptions);
        jvmOptions = List.copyOf(options);
        transactionVersion = builder.transactionVersion;
        listeners = List.copyOf(builder.listeners);
        membership = builder.membership == null ? Membership.alone() : builder.membership;
        if (membership.controllerPort() != 0) {
            controllerPort = membership.controllerPort();
        }
    }

    /**
     * A broker's place in its cluster.
     *
     * @param nodeId its number
     * @param clusterId the cluster's id
     * @param controllerPort the port of its controller; 0 for any free one
     * @param voters {@code id@host:port} of all controllers; empty when it is alone
     */
    record Membership(int nodeId, String clusterId, int controllerPort, String voters) {
        static Membership alone() {
            return new Membership(1, Uuid.randomUuid().toString(), 0, "");
        }
    }

    /** Returns a builder with the defaults described at its methods. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns {@code host:port}, for a client's {@code bootstrap.servers}. */
    public String bootstrapServers() {
        return HOST + ":" + port;
    }

    /**
     * Returns {@code host:port} of a further listener, or of the proxy before it.
     *
     * @param listener its name
     */
    public String bootstrapServers(String listener) {
        return listeners.stream()
                .filter(each -> each.name().equals(listener))
                .findFirst()
                .orElseThrow(() -> new SandboxException(name + " has no listener " + listener))
                .advertised();
    }

    /** Returns the broker's number in its cluster; 1 for one that is alone. */
    public int nodeId() {
        return membership.nodeId();
    }

    /** Returns the port clients connect to; it stays the same across {@link #restart()}. */
    public int port() {
        return port;
    }

    /** Returns the directory with the broker's logs (topics), configuration and {@code server.log}. */
    public Path dataDirectory() {
        return directory;
    }

    /** Returns the process id of the broker started last. */
    public long pid() {
        return process.pid();
    }

    /** Tells whether the broker's JVM runs; a paused one does. */
    public boolean isRunning() {
        return process.isRunning();
    }

    /** Stops in good order (controlled shutdown, logs flushed); blocks until the broker has ended, killed after 20 s. */
    public synchronized void stop() {
        if (!process.isRunning()) {
            return;
        }
        process.tree().resume();
        process.tree().signalRoot("TERM");
        if (!process.ended(STOP_TIMEOUT)) {
            process.kill();
        }
    }

    /** Kills the broker at once and blocks until it is gone; the data stay as they are. */
    public synchronized void kill() {
        process.kill();
    }

    /** Freezes the broker: connections stay open and nobody answers. */
    public synchronized void pause() {
        process.tree().pause();
    }

    /** Lets a frozen broker go on. */
    public synchronized void resume() {
        process.tree().resume();
    }

    /** Stops the broker if it runs and starts it on the same data and port; blocks until it serves requests. */
    public synchronized void restart() {
        if (closed) {
            throw new SandboxException(name + " is closed");
        }
        stop();
        startOn(port);
    }

    /** Stops the broker if it runs and deletes its data, unless the data directory was given. Idempotent. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (process != null) {
            if (temporary) {
                process.kill();
            } else {
                stop();
            }
        }
        if (temporary) {
            RunDirectory.deleteTree(directory);
        }
        RunDirectory.ofThisJvm().closed(this);
    }

    /** Returns the CPU time in seconds, user and system, of the broker's JVM since its last start. */
    public double cpuSeconds() {
        return process.tree().cpuSeconds(commandLine -> true);
    }

    /** Returns the last 4 KiB of the broker's log. */
    public String logTail() {
        return process.logTail();
    }

    private void start() {
        boolean member = membership.controllerPort() != 0;
        for (int attempt = 1; ; attempt++) {
            int candidate = portFixed ? port : Ports.free();
            if (!member) {
                controllerPort = Ports.free();
            }
            listeners.forEach(BrokerListener::choosePort);
            try {
                startOn(candidate);
                RunDirectory.ofThisJvm().closeAtExit(this);
                return;
            } catch (SandboxException e) {
                boolean clash = !Ports.isFree(controllerPort)
                        || (!portFixed && !Ports.isFree(candidate))
                        || !listeners.stream().allMatch(each -> Ports.isFree(each.port()));
                if (!clash || member || attempt == PORT_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private void startOn(int candidate) {
        for (int each : new int[] {candidate, controllerPort}) {
            if (!Ports.isFree(each)) {
                throw new SandboxException("cannot start " + name + ": port " + each + " on " + HOST + " is taken");
            }
        }
        port = candidate;
        Path configuration = writeProperties();
        listeners.forEach(BrokerListener::leadProxyHere);
        List<String> command = new ArrayList<>(jvm(directory));
        command.add("-Dslf4j.provider=" + BrokerLog.class.getName());
        command.addAll(jvmOptions);
        command.addAll(List.of(
                "-cp", classPath.text(), BrokerMain.class.getName(), configuration.toString(), membership.clusterId()));
        command.add("transaction.version=" + transactionVersion);
        ChildProcess started = ChildProcess.start(name, command, Map.of(), directory.resolve("server.log"));
        process = started;
        try {
            started.awaitReady(START_TIMEOUT, () -> Ports.accepts(port));
            started.awaitReady(START_TIMEOUT, this::isServing);
        } catch (SandboxException e) {
            started.kill();
            throw e;
        }
    }

    /** Returns what the command line of a broker's JVM begins with. */
    static List<String> jvm(Path directory) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx384m", "-Djava.awt.headless=true"));
        command.addAll(Sandbox.jvmOptions());
        command.add("-Djava.io.tmpdir=" + directory.resolve("tmp"));
        return command;
    }

    private Path writeProperties() {
        String controller = HOST + ":" + controllerPort;
        Map<String, String> chosen = Map.of(
                "node.id",
                Integer.toString(membership.nodeId()),
                "controller.quorum.voters",
                membership.voters().isEmpty() ? membership.nodeId() + "@" + controller : membership.voters());
        return BrokerProperties.write(directory, HOST + ":" + port, controller, listeners, properties, chosen);
    }

    private boolean isServing() {
        Map<String, Object> configuration = Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers(),
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, ADMIN_TIMEOUT_MS,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ADMIN_TIMEOUT_MS);
        try (Admin admin = Admin.create(configuration)) {
            return !admin.describeCluster()
                    .nodes()
                    .get(ADMIN_TIMEOUT_MS, TimeUnit.MILLISECONDS)
                    .isEmpty();
        } catch (ExecutionException | TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException("interrupted while waiting for " + name, e);
        }
    }

    /** Collects what differs from the defaults. Not thread-safe. */
    public static final class Builder {
        private final Map<String, String> properties = new LinkedHashMap<>();
        private final List<String> jvmOptions = new ArrayList<>();
        private Path dataDirectory;
        private int port;
        private int transactionVersion = 2;
        private final List<BrokerListener> listeners = new ArrayList<>();
        private Membership membership;

        private Builder() {}

        /**
         * Keeps the data in a given directory, which {@link KafkaBroker#close()} leaves alone. A directory with the data
         * of an earlier broker is started as it is; default is a temporary one.
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

        /** Adds a broker property, which overrides the sandbox's own of that name except ports and directories. */
        public Builder property(String key, String value) {
            properties.put(Objects.requireNonNull(key, "key is null"), Objects.requireNonNull(value, "value is null"));
            return this;
        }

        /** Creates topics by first use ({@code auto.create.topics.enable}); default is true. */
        public Builder autoCreateTopics(boolean enabled) {
            return property("auto.create.topics.enable", Boolean.toString(enabled));
        }

        /**
         * Listens on a port more, such as one with a login or with TLS. Its settings are properties of the broker that
         * begin with {@code listener.name.} and its name in small letters.
         *
         * @param name its name, in capitals, for {@link KafkaBroker#bootstrapServers(String)}
         * @param protocol {@code PLAINTEXT}, {@code SSL}, {@code SASL_PLAINTEXT} or {@code SASL_SSL}
         */
        public Builder listener(String name, String protocol) {
            listeners.add(new BrokerListener(name, protocol, null));
            return this;
        }

        /**
         * Listens behind a proxy, on a port more: clients that come this way are told the proxy's address and never another.
         *
         * @param name its name, in capitals
         * @param proxy where clients connect to; stays the caller's
         */
        public Builder listener(String name, FaultProxy proxy) {
            listeners.add(new BrokerListener(name, "PLAINTEXT", Objects.requireNonNull(proxy, "proxy is null")));
            return this;
        }

        Builder member(Membership member) {
            membership = member;
            return this;
        }

        /** Formats with another level of the feature {@code transaction.version}; default is 2. */
        public Builder transactionVersion(int level) {
            this.transactionVersion = level;
            return this;
        }

        /** Adds an option to the broker's JVM, after {@code -Xmx384m} and {@link Sandbox#jvmOptions()}. */
        public Builder jvmOption(String option) {
            jvmOptions.add(Objects.requireNonNull(option, "option is null"));
            return this;
        }

        /**
         * Starts the broker; blocks until it serves requests.
         *
         * @throws SandboxException if it does not start; the message ends with its log
         */
        public KafkaBroker start() {
            KafkaBroker broker = new KafkaBroker(this);
            try {
                broker.start();
                return broker;
            } catch (SandboxException e) {
                broker.close();
                throw e;
            }
        }
    }
}
