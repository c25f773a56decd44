package io.deltaforge.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this JVM owns on the machine: one directory with the pids and the temporary data of its servers.
 *
 * <p>Nothing of it outlives the JVM. A JVM that ends in good order closes its servers and deletes the directory in a
 * shutdown hook. For one that is killed there is the reaper: a small shell process that holds the other end of a pipe;
 * the pipe closes with the JVM, whatever ended it, and the reaper then kills the servers and deletes the directory.
 *
 * <p>It lies in {@code java.io.tmpdir} in a directory per user, or where the system property
 * {@value #DIRECTORY_PROPERTY} says. Thread-safe.
 */
final class RunDirectory {
    /** System property with the directory for unpacked servers and temporary data. */
    static final String DIRECTORY_PROPERTY = "deltaforge.sandbox.dir";

    private static final Logger LOG = LoggerFactory.getLogger(RunDirectory.class);

    private final Path path;
    private final String launchScript;
    private final Process reaper;
    private final AtomicInteger counter = new AtomicInteger();
    private final List<AutoCloseable> open = new CopyOnWriteArrayList<>();

    private RunDirectory() throws IOException {
        Path base = baseDirectory();
        path = Files.createTempDirectory(base, "run-" + ProcessHandle.current().pid() + "-");
        // PostgreSQL may run as somebody else: passing through is allowed, listing is not.
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx--x--x"));
        Files.createDirectory(path.resolve("pids"));
        launchScript = script("launch.sh");
        reaper = new ProcessBuilder("/bin/sh", "-c", script("reap.sh"), "deltaforge-reaper", path.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(this::closeAll, "deltaforge-sandbox-shutdown"));
    }

    /** Returns the directory of this JVM, created with its reaper at the first call. */
    static RunDirectory ofThisJvm() {
        return Holder.INSTANCE;
    }

    /** Returns where servers are unpacked to, shared by all JVMs of this user; created if absent. */
    static Path cacheDirectory() {
        try {
            return Files.createDirectories(baseDirectory().resolve("cache"));
        } catch (IOException e) {
            throw new SandboxException("cannot create the sandbox's cache directory: " + e.getMessage(), e);
        }
    }

    Path path() {
        return path;
    }

    long reaperPid() {
        return reaper.pid();
    }

    /** Returns a name that is unique within this JVM, for a server and its directory. */
    String uniqueName(String kind) {
        return kind + "-" + counter.incrementAndGet();
    }

    /** Creates the temporary directory of one server. */
    Path createDirectory(String name) {
        try {
            Path directory = Files.createDirectories(path.resolve(name));
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
            return directory;
        } catch (IOException e) {
            throw new SandboxException("cannot create a directory for " + name + ": " + e.getMessage(), e);
        }
    }

    /** Wraps a command so that its pid is known to the reaper before the command runs. */
    List<String> guarded(String name, List<String> command) {
        List<String> guarded = new ArrayList<>(List.of("/bin/sh", "-c", launchScript, "launch", path.toString(), name));
        guarded.addAll(command);
        return guarded;
    }

    /** Forgets a process that has ended, before its pid belongs to somebody else. */
    void forget(String name) {
        try {
            Files.deleteIfExists(path.resolve("pids").resolve(name));
        } catch (IOException e) {
            LOG.debug("Pid file of {} not deleted", name, e);
        }
    }

    /** Has something closed when this JVM ends in good order: what was added last, first. */
    void closeAtExit(AutoCloseable server) {
        open.add(server);
    }

    void closed(AutoCloseable server) {
        open.remove(server);
    }

    /** Deletes a directory with all its content; what is gone already is no error. */
    static void deleteTree(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                    return Files.exists(file) ? super.visitFileFailed(file, e) : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path visited, IOException e) throws IOException {
                    Files.deleteIfExists(visited);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new SandboxException("cannot delete " + directory + ": " + e.getMessage(), e);
        }
    }

    private void closeAll() {
        List<AutoCloseable> servers = new ArrayList<>(open);
        Collections.reverse(servers);
        for (AutoCloseable server : servers) {
            try {
                server.close();
            } catch (Exception e) {
                LOG.warn("Server not closed, left to the reaper", e);
                return;
            }
        }
        if (nothingRuns()) {
            deleteTree(path);
        }
    }

    /** A server that was just being started is not among the closed ones: its pid file makes the reaper end it. */
    private boolean nothingRuns() {
        String[] pids = path.resolve("pids").toFile().list();
        return pids == null || pids.length == 0;
    }

    private static Path baseDirectory() throws IOException {
        String configured = System.getProperty(DIRECTORY_PROPERTY);
        if (configured != null) {
            return Files.createDirectories(Path.of(configured)).toRealPath();
        }
        // Per user: in a shared directory the first user would own the place, and what others run from it.
        Path base =
                Path.of(System.getProperty("java.io.tmpdir"), "deltaforge-sandbox-" + System.getProperty("user.name"));
        if (!Files.isDirectory(base)) {
            Files.createDirectories(base.getParent());
            createOrFind(base);
        }
        Path probe = Files.createTempFile(base, "owner", null);
        try {
            if (!Files.getOwner(base).equals(Files.getOwner(probe))) {
                throw new SandboxException(base + " belongs to " + Files.getOwner(base) + "; set the system property "
                        + DIRECTORY_PROPERTY + " to a directory of your own");
            }
        } finally {
            Files.delete(probe);
        }
        return base.toRealPath();
    }

    private static void createOrFind(Path base) throws IOException {
        try {
            Files.createDirectory(
                    base, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        } catch (java.nio.file.FileAlreadyExistsException e) {
            LOG.debug("{} was created by another JVM at the same time", base);
        }
    }

    private static String script(String name) throws IOException {
        try (InputStream script = RunDirectory.class.getResourceAsStream(name)) {
            if (script == null) {
                throw new SandboxException("resource " + name + " is missing from deltaforge-sandbox");
            }
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static final class Holder {
        private static final RunDirectory INSTANCE = create();

        private static RunDirectory create() {
            try {
                return new RunDirectory();
            } catch (IOException e) {
                throw new SandboxException("cannot create the sandbox's run directory: " + e.getMessage(), e);
            }
        }
    }
}
