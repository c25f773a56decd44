package io.deltaforge.bench.drain;

import io.deltaforge.sandbox.KafkaBroker;
import io.deltaforge.sandbox.PostgresServer;
import io.deltaforge.server.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;

/** DeltaForge as a user runs it: a process of its own, with a configuration and an empty data directory. */
final class DeltaForgeRuns {

    /** How long a run may take before it counts as stuck. */
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(30);

    /** How often the topic's end is looked at: the measurement is that coarse. */
    private static final long POLL_MILLIS = 20;

    /** The log line of a pipeline that is up; the stream opens right behind it. */
    private static final String UP = ": reading PostgreSQL";

    /**
     * How the process is run.
     *
     * @param xmx its largest heap
     * @param options further options
     * @param partitions of the topics
     */
    record Jvm(String xmx, List<String> options, int partitions) {}

    private final PostgresServer postgres;
    private final KafkaBroker kafka;
    private final Jvm jvm;
    private final Backlog backlog;
    private final Path work;

    DeltaForgeRuns(PostgresServer postgres, KafkaBroker kafka, Jvm jvm, Backlog backlog, Path work) {
        this.postgres = postgres;
        this.kafka = kafka;
        this.jvm = jvm;
        this.backlog = backlog;
        this.work = work;
    }

    /** Drains a slot into a topic of its own, verifies the topic, and deletes it. */
    Run run(Side side, String slot) throws IOException, InterruptedException {
        Path directory = Files.createDirectory(work.resolve(slot));
        Path log = directory.resolve("deltaforge.log");
        Path configuration = directory.resolve("deltaforge.conf");
        String topic = "bench." + slot;
        Files.writeString(configuration, configuration(side, slot, topic, directory));
        Map<String, Object> client = Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        try (Admin admin = Admin.create(client)) {
            get(admin.createTopics(List.of(new NewTopic(topic, jvm.partitions(), (short) 1)))
                    .all());
            long started = System.nanoTime();
            Process process = new ProcessBuilder(command(configuration))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            try {
                return measured(side, process, log, topic, admin, started);
            } finally {
                process.destroyForcibly().waitFor();
                get(admin.deleteTopics(List.of(topic)).all());
            }
        }
    }

    private Run measured(Side side, Process process, Path log, String topic, Admin admin, long started)
            throws IOException, InterruptedException {
        while (!Files.readString(log).contains(UP)) {
            await(process, log, started);
        }
        long up = System.nanoTime();
        double postgresBefore = postgres.cpuSeconds();
        double brokerBefore = kafka.cpuSeconds();
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        for (int partition = 0; partition < jvm.partitions(); partition++) {
            ends.put(new TopicPartition(topic, partition), OffsetSpec.latest());
        }
        Progress progress = side == Side.EXACTLY_ONCE ? new CommittedEvents(log) : () -> held(admin, ends);
        while (progress.events() < backlog.events()) {
            await(process, log, started);
        }
        long end = System.nanoTime();
        double cpu = ProcFigures.cpuSeconds(process.pid());
        double walSender = postgres.walSenderCpuSeconds();
        double postgresCpu = postgres.cpuSeconds() - postgresBefore;
        double broker = kafka.cpuSeconds() - brokerBefore;
        long peak = ProcFigures.peakRssBytes(process.pid());
        stop(process, log);
        long bytes = new TopicCheck(kafka.bootstrapServers()).verify(topic, backlog.events());
        return new Run(
                side,
                backlog.events(),
                (end - up) / 1e9,
                postgresCpu,
                new Run.Own((up - started) / 1e9, cpu, walSender, broker, peak, bytes));
    }

    /** How many events have arrived. */
    interface Progress {
        long events() throws IOException, InterruptedException;
    }

    private static long held(Admin admin, Map<TopicPartition, OffsetSpec> ends) throws InterruptedException {
        long sum = 0;
        for (ListOffsetsResultInfo info : get(admin.listOffsets(ends).all()).values()) {
            sum += info.offset();
        }
        return sum;
    }

    private static void await(Process process, Path log, long started) throws IOException, InterruptedException {
        if (process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
            throw new IOException("DeltaForge ended with " + process.exitValue() + ":\n" + Files.readString(log));
        }
        boolean late = System.nanoTime() - started > PATIENCE_NANOS;
        if (late || Files.readString(log).contains(" ERROR ")) {
            throw new IOException(
                    "DeltaForge " + (late ? "is stuck" : "does not deliver") + ":\n" + Files.readString(log));
        }
    }

    private static void stop(Process process, Path log) throws IOException, InterruptedException {
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException("DeltaForge did not stop in order:\n" + Files.readString(log));
        }
    }

    /** The launcher's command line, with the heap that was asked for. */
    private List<String> command(Path configuration) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx" + jvm.xmx());
        command.add("-XX:+ExitOnOutOfMemoryError");
        command.add("-Dfile.encoding=UTF-8");
        command.addAll(jvm.options());
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(Main.class.getName());
        command.add("run");
        command.add("--config");
        command.add(configuration.toString());
        return command;
    }

    private String configuration(Side side, String slot, String topic, Path directory) {
        return """
            deltaforge {
              data_dir = "%s"
              metrics { port = 0 }
              api { port = 0 }
            }
            pipelines.%s {
              source {
                id = bench-db, type = postgres, dsn = "%s"
                slot = %s, publication = %s, create_slot = false, create_publication = false
                tables = ["public.%s"]
              }
              sinks = [
                { id = kafka, type = kafka, brokers = "%s", topic = "%s", required = true, exactly_once = %s
                  client_conf { acks = all, compression.type = lz4 } }
              ]
            }
            """.formatted(
                        directory.resolve("data"),
                        // A pipeline of its own, because the positions of an exactly-once sink stay in Kafka.
                        slot,
                        postgres.dsn(Backlog.DATABASE),
                        slot,
                        Backlog.PUBLICATION,
                        Backlog.TABLE,
                        kafka.bootstrapServers(),
                        topic,
                        side == Side.EXACTLY_ONCE);
    }

    private static <T> T get(KafkaFuture<T> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the broker refused: " + e.getCause(), e.getCause());
        }
    }
}
