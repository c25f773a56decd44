package io.deltaforge.sandbox;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One PostgreSQL server and one Kafka broker per JVM, started at first use and ended with the JVM.
 *
 * <p>Starting a server takes seconds: tests share these two and keep apart by a database ({@link #createDatabase}) and
 * topics of their own. A test that stops, kills or pauses a server starts one of its own instead.
 */
public final class Sandbox {
    private static final AtomicInteger NAMES = new AtomicInteger();

    private Sandbox() {}

    /** Returns this JVM's shared server; blocks while it starts. Never close it. */
    public static PostgresServer postgres() {
        return Postgres.SERVER;
    }

    /** Returns this JVM's shared broker; blocks while it starts. Never close it. */
    public static KafkaBroker kafka() {
        return Kafka.BROKER;
    }

    /**
     * Creates an empty database on the shared server.
     *
     * @param name what it is for; made unique and lower case
     * @return the name of the database
     */
    public static String createDatabase(String name) {
        String database = uniqueName(name).toLowerCase(Locale.ROOT);
        postgres().createDatabase(database);
        return database;
    }

    /** Returns a name nobody else has got in this JVM, such as for a topic or a replication slot. */
    public static String uniqueName(String prefix) {
        return prefix + "_" + NAMES.incrementAndGet();
    }

    /**
     * Creates an empty temporary directory that is deleted when this JVM ends, however it ends.
     *
     * @param name what it is for; made unique
     */
    public static Path createDirectory(String name) {
        RunDirectory run = RunDirectory.ofThisJvm();
        return run.createDirectory(run.uniqueName(name));
    }

    /**
     * Returns the options that the JVMs of a test run have in common: the words of the system property
     * {@code sandbox.jvm}, none by default. The build sets what makes a short life cheap; benchmarks do not.
     */
    public static List<String> jvmOptions() {
        String words = System.getProperty("sandbox.jvm", "").trim();
        return words.isEmpty() ? List.of() : List.of(words.split("\\s+", -1));
    }

    /**
     * Has something closed when this JVM ends in good order, a Ctrl-C included. What is added last is closed first, and
     * the servers count as added when they were started: what uses a server is closed before it.
     */
    public static void closeAtExit(AutoCloseable user) {
        RunDirectory.ofThisJvm().closeAtExit(requireNonNull(user, "user is null"));
    }

    /**
     * Returns a port on 127.0.0.1 that nobody listens on right now.
     *
     * @param preferred the port to return if it is free
     */
    public static int freePort(int preferred) {
        return Ports.isFree(preferred) ? preferred : Ports.free();
    }

    private static final class Postgres {
        private static final PostgresServer SERVER = PostgresServer.builder().start();
    }

    private static final class Kafka {
        private static final KafkaBroker BROKER = KafkaBroker.builder().start();
    }
}
