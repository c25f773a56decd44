package io.deltaforge.e2e.run;

import io.deltaforge.sandbox.ChildProcess;
import io.deltaforge.sandbox.Sandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a JVM needs.
 *
 * @param liveHeap bytes of the heap that a full collection has left
 * @param resident bytes of the process in memory; 0 where the system does not say
 */
public record JvmMemory(long liveHeap, long resident) {

    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    /** A line for each part of the heap, whatever the collector calls it. */
    private static final Pattern HEAP = Pattern.compile("total (\\d+)K, used (\\d+)K");

    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

    /** Has a JVM collect everything that it can, and asks what is left. */
    public static JvmMemory of(long pid) {
        jcmd(pid, "GC.run");
        Matcher part = HEAP.matcher(jcmd(pid, "GC.heap_info"));
        long used = 0;
        while (part.find()) {
            used += Long.parseLong(part.group(2)) << 10;
        }
        return new JvmMemory(used, resident(pid));
    }

    private static String jcmd(long pid, String command) {
        Path output = Sandbox.createDirectory("jcmd").resolve("output");
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        ChildProcess tool = ChildProcess.start("jcmd", List.of(jcmd, Long.toString(pid), command), Map.of(), output);
        if (!tool.ended(TIMEOUT) || tool.exitStatus() != 0) {
            throw new IllegalStateException("jcmd " + pid + " " + command + " failed: " + tool.logTail());
        }
        return read(output);
    }

    private static long resident(long pid) {
        Path status = Path.of("/proc", Long.toString(pid), "status");
        Matcher line = RESIDENT.matcher(Files.exists(status) ? read(status) : "");
        return line.find() ? Long.parseLong(line.group(1)) << 10 : 0;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
