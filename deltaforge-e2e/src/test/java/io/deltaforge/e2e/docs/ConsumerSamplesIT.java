package io.deltaforge.e2e.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.deltaforge.e2e.oracle.SinkTopics;
import io.deltaforge.e2e.run.DeltaForge;
import io.deltaforge.e2e.run.PipelineText;
import io.deltaforge.e2e.workload.BigTransaction;
import io.deltaforge.e2e.workload.WorkloadDatabase;
import io.deltaforge.sandbox.ChildProcess;
import io.deltaforge.sandbox.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The consumers of docs/sinks/kafka.md print each event of a real pipeline that delivers exactly once. */
class ConsumerSamplesIT {

    private static final Path ROOT = Path.of("..");
    private static final Path SAMPLES = ROOT.resolve("examples/consumers");
    private static final Duration TIMEOUT = Duration.ofMinutes(1);
    private static final int ROWS = 20;
    private static final Pattern EVENT_ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private static final Pattern CONSOLE =
            Pattern.compile("```sh\\nkafka-console-consumer\\.sh (.+?)```", Pattern.DOTALL);

    @TempDir
    private static Path directory;

    private static final String NAME = Sandbox.uniqueName("samples");

    @BeforeAll
    static void deliver() {
        String brokers = Sandbox.kafka().bootstrapServers();
        try (WorkloadDatabase database = WorkloadDatabase.create(Sandbox.postgres(), NAME);
                SinkTopics topics = SinkTopics.create(brokers, NAME);
                DeltaForge deltaForge = new DeltaForge(
                        directory,
                        new PipelineText(NAME, database.dsn())
                                .sink("kafka", brokers, NAME)
                                .exactlyOnce(true)
                                .toString())) {
            deltaForge.start().awaitReading(NAME);
            try (BigTransaction transaction = BigTransaction.begin(database, 1)) {
                transaction.insert(1, ROWS);
                transaction.commit();
            }
            topics.awaitEverythingOf(database);
        }
    }

    private static void assertPrintsEveryEventOnce(String sample, List<String> command) throws IOException {
        Path output = directory.resolve(sample + ".txt");
        ChildProcess consumer = ChildProcess.start(sample, command, Map.of(), output);
        try {
            await().atMost(TIMEOUT).untilAsserted(() -> {
                assertThat(consumer.isRunning()).as(Files.readString(output)).isTrue();
                List<String> keys = Files.readAllLines(output).stream()
                        .filter(line -> EVENT_ID.matcher(line).find())
                        .map(line -> line.replaceFirst(".*?\\{\"id\":(\\d+)\\}.*", "$1"))
                        .toList();
                assertThat(keys)
                        .as(Files.readString(output))
                        .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, ROWS)
                                .mapToObj(Integer::toString)
                                .toList());
            });
        } finally {
            consumer.kill();
        }
    }

    private static boolean succeeds(String... command) {
        ChildProcess process = ChildProcess.start("probe", List.of(command), Map.of(), directory.resolve("probe.txt"));
        return process.ended(TIMEOUT) && process.exitStatus() == 0;
    }

    @Test
    void shouldShowTheSamplesAsTheyAre() throws IOException {
        String page = Files.readString(ROOT.resolve("docs/sinks/kafka.md"));
        for (String sample : List.of("Orders.java", "orders.py")) {
            assertThat(page)
                    .contains("```" + (sample.endsWith("py") ? "python" : "java") + "\n"
                            + Files.readString(SAMPLES.resolve(sample)) + "```");
        }
    }

    /** The script is a line around this class. */
    @Test
    void shouldRunTheCommandOfKafkasOwnConsumer() throws IOException {
        Matcher shown = CONSOLE.matcher(Files.readString(ROOT.resolve("docs/sinks/kafka.md")));
        assertThat(shown.find()).isTrue();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "org.apache.kafka.tools.consumer.ConsoleConsumer"));
        command.addAll(List.of(shown.group(1)
                .replace("\\\n", " ")
                .replace("localhost:9092", Sandbox.kafka().bootstrapServers())
                .replace("shop.orders", NAME + ".item")
                .strip()
                .split("\\s+", -1)));
        assertPrintsEveryEventOnce("console", command);
        assertThat(Files.readAllLines(directory.resolve("console.txt")))
                .as("headers, key and value, and no word about options")
                .noneMatch(line -> line.contains("eprecated"))
                .filteredOn(line -> EVENT_ID.matcher(line).find())
                .allMatch(line -> line.matches("df-event-id:[^\\t]+\\t\\{\"id\":\\d+}\\t\\{\"before\":.*"));
    }

    @Test
    void shouldRunTheJavaSample() throws IOException {
        assertPrintsEveryEventOnce(
                "java",
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        SAMPLES.resolve("Orders.java").toString(),
                        Sandbox.kafka().bootstrapServers(),
                        NAME + ".item"));
    }

    @Test
    void shouldRunThePythonSample() throws IOException {
        String python = "/usr/bin/python3";
        assumeThat(Files.isExecutable(Path.of(python)) && succeeds(python, "-c", "import confluent_kafka"))
                .as("python3 with confluent-kafka is not here (apt-get install python3-confluent-kafka)")
                .isTrue();
        assertPrintsEveryEventOnce(
                "python",
                List.of(
                        python,
                        SAMPLES.resolve("orders.py").toString(),
                        Sandbox.kafka().bootstrapServers(),
                        NAME + ".item"));
    }
}
