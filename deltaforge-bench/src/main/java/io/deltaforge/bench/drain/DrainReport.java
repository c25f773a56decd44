package io.deltaforge.bench.drain;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** The figures of all runs, as Markdown for people and as JSON for later comparisons. */
final class DrainReport {

    /** What is measured, word for word in every report. */
    static final String METHOD =
            "Reference: from the start of the process to its end. DeltaForge: from its log line \"reading"
                    + " PostgreSQL\", which comes right before the stream opens, to the moment at which the topic holds every event"
                    + " (acks=all, one broker; looked at every 20 ms) or, with exactly once, to the moment at which all are committed"
                    + " by DeltaForge's own count, in a JVM that has just started; its CPU is that of the whole"
                    + " process from its start on. After each run the topic is read back: every row and every event id exactly once."
                    + " Everything runs on this one machine.";

    private final List<String> command;
    private final Backlog backlog;
    private final String referenceName;
    private final List<Run> runs;
    private final Set<Side> sides;
    private final String machine;

    DrainReport(List<String> command, Backlog backlog, String referenceName, List<Run> runs) throws IOException {
        this.command = command;
        this.backlog = backlog;
        this.referenceName = referenceName;
        this.runs = runs;
        this.sides = runs.stream().map(Run::side).collect(Collectors.toCollection(() -> EnumSet.noneOf(Side.class)));
        this.machine = ProcFigures.machine();
    }

    /** The median and the ends of one figure over the runs of one side. */
    record Spread(double median, double smallest, double largest) {

        static Spread of(List<Run> runs, Side side, ToDoubleFunction<Run> figure) {
            double[] sorted = runs.stream()
                    .filter(run -> run.side() == side)
                    .mapToDouble(figure)
                    .sorted()
                    .toArray();
            int middle = sorted.length / 2;
            double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
            return new Spread(median, sorted[0], sorted[sorted.length - 1]);
        }

        String text(String format) {
            return String.format(
                    Locale.ROOT, format + " (" + format + " to " + format + ")", median, smallest, largest);
        }
    }

    /** The median rate of one side as a part of another's. */
    double ratio(Side side, Side base) {
        return Spread.of(runs, side, Run::eventsPerSecond).median()
                / Spread.of(runs, base, Run::eventsPerSecond).median();
    }

    /** The version that the client's own jar names; the sandbox runs the broker of the same release. */
    private static String kafkaVersion() {
        Properties properties = new Properties();
        try (InputStream in = DrainReport.class.getResourceAsStream("/kafka/kafka-version.properties")) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version", "of an unknown version");
    }

    String markdown() {
        StringBuilder out = new StringBuilder();
        out.append(String.format(Locale.ROOT, "## Drain of %,d changes%n%n", backlog.events()));
        out.append("| median of ").append(runs.size() / sides.size()).append(" (smallest to largest) |");
        sides.forEach(side -> out.append(' ').append(side).append(" |"));
        out.append("\n|---|").append("---|".repeat(sides.size())).append('\n');
        row(out, "events/s", "%,.0f", Run::eventsPerSecond);
        row(out, "seconds", "%.2f", Run::seconds);
        row(out, "CPU-s of PostgreSQL", "%.2f", Run::postgresCpuSeconds);
        own(out, "CPU-s of its walsender", "%.2f", run -> run.own().walSenderCpuSeconds());
        own(out, "CPU-s of the broker", "%.2f", run -> run.own().brokerCpuSeconds());
        own(out, "CPU-s of DeltaForge, from its start", "%.2f", run -> run.own().cpuSeconds());
        own(out, "the same per million events", "%.2f", Run::cpuSecondsPerMillion);
        own(out, "peak RSS, MB", "%.0f", Run::peakRssMegabytes);
        own(out, "MB/s of JSON", "%.1f", Run::megabytesPerSecond);
        own(out, "bytes of JSON per event", "%.0f", run -> (double) run.own().valueBytes() / run.events());
        own(out, "seconds from start to reading", "%.2f", run -> run.own().startSeconds());
        out.append(String.format(
                Locale.ROOT, "%n**Ratio to the reference: %.3f**%n%n", ratio(Side.DELTAFORGE, Side.REFERENCE)));
        if (sides.contains(Side.EXACTLY_ONCE)) {
            double share = ratio(Side.EXACTLY_ONCE, Side.DELTAFORGE);
            out.append(String.format(Locale.ROOT, "**Exactly once to at least once: %.3f**%n%n", share));
        }
        out.append("- Reference: ").append(referenceName).append('\n');
        out.append("- Machine: ").append(machine).append('\n');
        out.append("- Versions: PostgreSQL ").append(backlog.serverVersion());
        out.append(", Kafka ").append(kafkaVersion());
        out.append(", Java ").append(System.getProperty("java.vm.version")).append('\n');
        out.append("- Load: 10 columns, ").append(backlog.payloadBytesPerChange());
        out.append(" bytes of pgoutput per change, transactions of 1,000; every slot made before the load\n");
        out.append("- Command: bench ").append(String.join(" ", command)).append('\n');
        out.append("- Method: ").append(METHOD).append('\n');
        return out.toString();
    }

    private void row(StringBuilder out, String name, String format, ToDoubleFunction<Run> figure) {
        out.append("| ").append(name);
        sides.forEach(
                side -> out.append(" | ").append(Spread.of(runs, side, figure).text(format)));
        out.append(" |\n");
    }

    private void own(StringBuilder out, String name, String format, ToDoubleFunction<Run> figure) {
        out.append("| ").append(name).append(" |");
        sides.stream().filter(Side::isOurs).forEach(side -> out.append(" | ")
                .append(Spread.of(runs, side, figure).text(format)));
        out.append(" |\n");
    }

    /** Writes every run's figures into a new file. */
    Path writeJson(Path directory) throws IOException {
        String time = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT)
                .withZone(ZoneOffset.UTC)
                .format(Instant.now());
        Path file = directory.resolve("drain-" + time + ".json");
        try (BufferedWriter writer = Files.newBufferedWriter(file);
                JsonGenerator json = new JsonFactory().createGenerator(writer)) {
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            json.writeStringField("benchmark", "drain");
            json.writeStringField("time", Instant.now().toString());
            json.writeStringField("command", "bench " + String.join(" ", command));
            json.writeStringField("machine", machine);
            json.writeStringField("reference", referenceName);
            json.writeStringField("postgresql", backlog.serverVersion());
            json.writeStringField("kafka", kafkaVersion());
            json.writeStringField("java", System.getProperty("java.vm.version"));
            json.writeStringField("method", METHOD);
            json.writeNumberField("payload_bytes_per_change", backlog.payloadBytesPerChange());
            json.writeNumberField("ratio", ratio(Side.DELTAFORGE, Side.REFERENCE));
            if (sides.contains(Side.EXACTLY_ONCE)) {
                json.writeNumberField("exactly_once_ratio", ratio(Side.EXACTLY_ONCE, Side.DELTAFORGE));
            }
            json.writeArrayFieldStart("runs");
            for (Run run : runs) {
                write(json, run);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return file;
    }

    private static void write(JsonGenerator json, Run run) throws IOException {
        json.writeStartObject();
        json.writeStringField("side", run.side().toString());
        json.writeNumberField("events", run.events());
        json.writeNumberField("seconds", run.seconds());
        json.writeNumberField("events_per_second", run.eventsPerSecond());
        json.writeNumberField("postgres_cpu_seconds", run.postgresCpuSeconds());
        if (run.side().isOurs()) {
            json.writeNumberField("walsender_cpu_seconds", run.own().walSenderCpuSeconds());
            json.writeNumberField("broker_cpu_seconds", run.own().brokerCpuSeconds());
            json.writeNumberField("cpu_seconds", run.own().cpuSeconds());
            json.writeNumberField("peak_rss_bytes", run.own().peakRssBytes());
            json.writeNumberField("value_bytes", run.own().valueBytes());
            json.writeNumberField("start_seconds", run.own().startSeconds());
        }
        json.writeEndObject();
    }
}
