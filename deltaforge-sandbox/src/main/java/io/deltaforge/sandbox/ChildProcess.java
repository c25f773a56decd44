package io.deltaforge.sandbox;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * One child process: its output goes to a log file whose tail is part of every error, its life is tied to this JVM's, and
 * it is awaited by condition, never by sleeping. The servers are such processes; a program under test may be one too.
 *
 * <p>However this JVM ends, {@code kill -9} included, the process ends with it. A Ctrl-C in the terminal does not reach it.
 *
 * <p>Safe for use by several threads; the callers order life-cycle calls.
 */
public final class ChildProcess {
    private static final Duration POLL = Duration.ofMillis(20);
    private static final Duration KILL_TIMEOUT = Duration.ofSeconds(20);
    private static final int LOG_TAIL_BYTES = 4096;

    private final String name;
    private final String guard;
    private final Process process;
    private final ProcessTree tree;
    private final Path log;

    private ChildProcess(String name, String guard, Process process, Path log) {
        this.name = name;
        this.guard = guard;
        this.process = process;
        this.tree = new ProcessTree(process.toHandle());
        this.log = log;
    }

    /**
     * Starts a process with a small environment of its own (of ours only PATH), no standard input and its output
     * appended to a log file. Its pid is the command's own, no shell stays in between. Does not wait.
     *
     * @param name what it is, for errors
     * @param command the program and its arguments
     * @param environment what is added to PATH
     * @param log the file for standard output and standard error
     * @throws SandboxException if it cannot be started
     */
    public static ChildProcess start(String name, List<String> command, Map<String, String> environment, Path log) {
        RunDirectory run = RunDirectory.ofThisJvm();
        // One per start: what is forgotten late must not be the successor.
        String guard = run.uniqueName(name);
        ProcessBuilder builder = new ProcessBuilder(run.guarded(guard, command));
        String path = System.getenv("PATH");
        builder.environment().clear();
        builder.environment().put("PATH", path == null ? "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin" : path);
        builder.environment().putAll(environment);
        builder.redirectInput(new File("/dev/null"));
        builder.redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        try {
            Process process = builder.start();
            var unused = process.onExit().thenRun(() -> run.forget(guard));
            return new ChildProcess(name, guard, process, log);
        } catch (IOException e) {
            throw new SandboxException("cannot start " + name + ": " + e.getMessage(), e);
        }
    }

    /** Returns the process id. */
    public long pid() {
        return process.pid();
    }

    /** Tells whether the process runs; a frozen one does. */
    public boolean isRunning() {
        return process.isAlive();
    }

    ProcessTree tree() {
        return tree;
    }

    /**
     * Returns the status the process has ended with.
     *
     * @throws IllegalThreadStateException if it has not ended
     */
    public int exitStatus() {
        return process.exitValue();
    }

    /** Asks the process to end (SIGTERM) and does not wait; one that has ended is no error. */
    public void terminate() {
        tree.signalRoot("TERM");
    }

    /**
     * Blocks until the condition holds, asking again every 20 ms.
     *
     * @param timeout for how long at most
     * @param ready the condition
     * @throws SandboxException if the process ends first or the time is up; it is left as it is
     */
    public void awaitReady(Duration timeout, BooleanSupplier ready) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!ready.getAsBoolean()) {
            if (ended(POLL)) {
                throw failure("ended with status " + process.exitValue() + " before it was ready");
            }
            if (System.nanoTime() - deadline > 0) {
                throw failure("was not ready within " + timeout.toSeconds() + " s");
            }
        }
    }

    /** Blocks until the process has ended with status 0. A process that takes longer is killed. */
    void awaitSuccess(Duration timeout) {
        if (!ended(timeout)) {
            kill();
            throw failure("did not end within " + timeout.toSeconds() + " s");
        }
        if (process.exitValue() != 0) {
            throw failure("ended with status " + process.exitValue());
        }
    }

    /**
     * Blocks until the process has ended or the time is up.
     *
     * @param timeout for how long at most
     * @return whether it has ended
     */
    public boolean ended(Duration timeout) {
        try {
            boolean ended = process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS);
            if (ended) {
                RunDirectory.ofThisJvm().forget(guard);
            }
            return ended;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException("interrupted while waiting for " + name, e);
        }
    }

    /** Freezes the process and all its descendants (SIGSTOP): connections stay open and nothing moves. */
    public void pause() {
        tree.pause();
    }

    /** Lets a frozen process go on. */
    public void resume() {
        tree.resume();
    }

    /** Kills the process and all its descendants and blocks until none of them runs. */
    public void kill() {
        if (!process.isAlive()) {
            return;
        }
        List<ProcessHandle> killed = tree.kill();
        long deadline = System.nanoTime() + KILL_TIMEOUT.toNanos();
        ended(KILL_TIMEOUT);
        for (ProcessHandle each : killed) {
            while (ProcessTree.isRunning(each)) {
                if (System.nanoTime() - deadline > 0) {
                    throw failure("still runs " + KILL_TIMEOUT.toSeconds() + " s after it was killed");
                }
                Thread.onSpinWait();
            }
        }
    }

    /** Returns an exception that names the process and ends with the last lines of its log. */
    SandboxException failure(String what) {
        return new SandboxException(name + " " + what + "; the end of " + log + ":\n" + logTail());
    }

    /** Returns the last 4 KiB of the log. */
    public String logTail() {
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            long start = Math.max(0, file.length() - LOG_TAIL_BYTES);
            byte[] tail = new byte[(int) (file.length() - start)];
            file.seek(start);
            file.readFully(tail);
            return new String(tail, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "(not readable: " + e.getMessage() + ")";
        }
    }

    /** Runs a short command to its end and returns its exit status, or -1 if it cannot be run at all. */
    static int probe(String... command) {
        try {
            Process process = new ProcessBuilder(new ArrayList<>(List.of(command)))
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (process.waitFor(KILL_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
                return process.exitValue();
            }
            process.destroyForcibly();
            return -1;
        } catch (IOException e) {
            return -1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException("interrupted while running " + command[0], e);
        }
    }
}
