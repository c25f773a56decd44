package io.deltaforge.sandbox;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;

/** The shared archive of the broker's classes, made once per version and user; a build starts some fifty brokers. */
final class BrokerArchive {

    private static final Duration TIMEOUT = Duration.ofSeconds(90);

    private BrokerArchive() {}

    /**
     * Returns the options that make a broker's JVM use the archive; blocks while it is made at the first call.
     *
     * @param jars what the broker's class path begins with
     */
    static synchronized List<String> jvmOptions(List<String> jars) {
        return ClassArchive.jvmOptions(RunDirectory.cacheDirectory(), "kafka", jars, options -> run(jars, options));
    }

    /** Without a main class of ours, which may lie in a directory: an archive knows jars alone. */
    private static void run(List<String> jars, List<String> options) throws IOException {
        Path directory = Sandbox.createDirectory("kafka-archive");
        int port = Ports.free();
        String controller = "127.0.0.1:" + Ports.free();
        Map<String, String> place = Map.of("node.id", "1", "controller.quorum.voters", "1@" + controller);
        String file = BrokerProperties.write(directory, "127.0.0.1:" + port, controller, List.of(), Map.of(), place)
                .toString();
        Path log = directory.resolve("server.log");
        String cluster = Uuid.randomUuid().toString();
        start(jars, List.of(), log, "kafka.tools.StorageTool", "format", "--config", file, "--cluster-id", cluster)
                .awaitSuccess(TIMEOUT);
        ChildProcess broker = start(jars, options, log, "kafka.Kafka", file);
        try {
            broker.awaitReady(TIMEOUT, () -> Ports.accepts(port));
            broker.terminate();
            broker.ended(TIMEOUT);
        } finally {
            broker.kill();
            RunDirectory.deleteTree(directory);
        }
    }

    private static ChildProcess start(List<String> jars, List<String> options, Path log, String... words) {
        List<String> command = new ArrayList<>(KafkaBroker.jvm(log.getParent()));
        command.addAll(options);
        command.addAll(List.of("-cp", String.join(java.io.File.pathSeparator, jars)));
        command.addAll(List.of(words));
        return ChildProcess.start("kafka-archive", command, Map.of(), log);
    }
}
