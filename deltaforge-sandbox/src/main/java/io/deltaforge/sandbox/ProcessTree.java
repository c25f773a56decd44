package io.deltaforge.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A process and all its descendants, whatever sessions and process groups they have moved to (every PostgreSQL
 * backend opens a session of its own).
 */
final class ProcessTree {
    /** {@code USER_HZ} of proc(5): fixed at 100 towards user space on every architecture PostgreSQL is built for. */
    private static final double TICKS_PER_SECOND = 100.0;

    private static final Duration SIGNAL_TIMEOUT = Duration.ofSeconds(10);

    private final ProcessHandle root;

    ProcessTree(ProcessHandle root) {
        this.root = root;
    }

    /** Sends a signal (its name without SIG) to the root alone; one that has ended is no error. */
    void signalRoot(String signal) {
        signal(signal, List.of(root));
    }

    /** Stops the scheduling of the whole tree, as a frozen machine would. */
    void pause() {
        // The root first: nobody is born behind our back once it stands still.
        signal("STOP", List.of(root));
        signal("STOP", descendants());
    }

    /** Continues a paused tree. */
    void resume() {
        signal("CONT", descendants());
        signal("CONT", List.of(root));
    }

    /** Ends the whole tree at once, without a chance to flush or say good-bye. Does not wait. */
    List<ProcessHandle> kill() {
        signal("STOP", List.of(root));
        List<ProcessHandle> all = new ArrayList<>(descendants());
        all.add(root);
        // Never through ProcessHandle.destroyForcibly one by one: the parent would see its children die first.
        signal("KILL", all);
        return all;
    }

    /** Returns the CPU time in seconds, user and system, of the processes whose command line fits, children reaped. */
    double cpuSeconds(Predicate<String> commandLine) {
        double seconds = 0;
        List<ProcessHandle> all = new ArrayList<>(descendants());
        all.add(root);
        for (ProcessHandle process : all) {
            if (commandLine.test(commandLine(process))) {
                seconds += cpuSeconds(process);
            }
        }
        return seconds;
    }

    /** Tells a running process from one that has ended, a zombie nobody has collected yet included. */
    static boolean isRunning(ProcessHandle process) {
        if (!process.isAlive()) {
            return false;
        }
        String[] stat = stat(process);
        return stat.length == 0 || !stat[0].equals("Z");
    }

    private List<ProcessHandle> descendants() {
        return root.descendants().toList();
    }

    private static void signal(String name, List<ProcessHandle> processes) {
        if (processes.isEmpty()) {
            return;
        }
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", "kill -s \"$@\"", "kill", name));
        for (ProcessHandle process : processes) {
            command.add(Long.toString(process.pid()));
        }
        try {
            Process kill = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!kill.waitFor(SIGNAL_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                kill.destroyForcibly();
                throw new SandboxException("kill -s " + name + " did not return within " + SIGNAL_TIMEOUT);
            }
        } catch (IOException e) {
            throw new SandboxException("cannot run kill -s " + name, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException("interrupted while sending " + name, e);
        }
    }

    private static double cpuSeconds(ProcessHandle process) {
        String[] stat = stat(process);
        if (stat.length == 0) {
            return process.info()
                    .totalCpuDuration()
                    .map(cpu -> cpu.toNanos() / 1e9)
                    .orElse(0.0);
        }
        // proc_pid_stat(5): state is field 3, utime 14, stime 15, cutime 16, cstime 17.
        long ticks = 0;
        for (int field = 14; field <= 17; field++) {
            ticks += Long.parseLong(stat[field - 3]);
        }
        return ticks / TICKS_PER_SECOND;
    }

    /** Returns the fields of /proc/PID/stat from the state on, none where there is no such file. */
    private static String[] stat(ProcessHandle process) {
        String line = read(Path.of("/proc", Long.toString(process.pid()), "stat"));
        // The command may contain blanks and parentheses; what follows its last parenthesis does not.
        int end = line.lastIndexOf(')');
        return end < 0 ? new String[0] : line.substring(end + 2).trim().split(" ", -1);
    }

    private static String commandLine(ProcessHandle process) {
        return read(Path.of("/proc", Long.toString(process.pid()), "cmdline")).replace('\0', ' ');
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }
}
