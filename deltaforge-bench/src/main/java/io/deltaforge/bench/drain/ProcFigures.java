package io.deltaforge.bench.drain;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What Linux knows of a process (proc(5)). */
final class ProcFigures {

    /** USER_HZ: 100 on every architecture that the product runs on. */
    private static final double TICKS_PER_SECOND = 100;

    private ProcFigures() {}

    /** CPU time in user and system mode of all threads of a process: fields 14 and 15 of {@code /proc/PID/stat}. */
    static double cpuSeconds(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc", String.valueOf(pid), "stat"), StandardCharsets.UTF_8);
        // The second field is the command in brackets, which may hold anything.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
    }

    /** The most memory that a process has ever held: {@code VmHWM}. */
    static long peakRssBytes(long pid) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", String.valueOf(pid), "status"))) {
            if (line.startsWith("VmHWM:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
            }
        }
        throw new IOException("/proc/" + pid + "/status has no VmHWM");
    }

    /** The name of the processor and how many there are. */
    static String machine() throws IOException {
        String model = Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse(System.getProperty("os.arch"));
        String memory = Files.readAllLines(Path.of("/proc/meminfo")).get(0).replaceAll("\\D", "");
        return String.format(
                "%d x %s, %d GB memory, %s %s",
                Runtime.getRuntime().availableProcessors(),
                model,
                Math.round(Long.parseLong(memory) / 1e6),
                System.getProperty("os.name"),
                System.getProperty("os.version"));
    }
}
