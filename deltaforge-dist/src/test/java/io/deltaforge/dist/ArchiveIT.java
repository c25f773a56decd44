package io.deltaforge.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.deltaforge.sandbox.Sandbox;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archive in an empty directory, as somebody finds it who has nothing but it. */
final class ArchiveIT {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final String VERSION = System.getProperty("dist.version");
    private static final Path ARCHIVES = Path.of(System.getProperty("dist.home"));
    private static final Pattern BLOCK = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);

    @TempDir
    private Path temp;

    private Path empty;
    private String database;
    private int port;

    @BeforeEach
    void prepare() throws IOException {
        empty = Files.createDirectory(temp.resolve("an empty directory"));
        Files.createSymbolicLink(
                empty.resolve("deltaforge-" + VERSION + ".tar.gz"),
                ARCHIVES.resolve("deltaforge-" + VERSION + ".tar.gz"));
        database = Sandbox.createDatabase("archive");
        Sandbox.postgres().executeIn(database, "CREATE TABLE item (id int PRIMARY KEY, name text)");
        port = freePort();
    }

    @AfterEach
    void dropSlots() {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> Sandbox.postgres()
                .executeIn(
                        database,
                        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database ="
                                + " current_database()"));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private Path home() {
        return empty.resolve("deltaforge-" + VERSION);
    }

    /** Where the servers of the page are in this test. */
    private String here(String text) {
        return text.replace(
                        "postgres://postgres:postgres@localhost:5432/shop",
                        Sandbox.postgres().dsn(database))
                .replace("localhost:9092", Sandbox.kafka().bootstrapServers())
                .replace("127.0.0.1:9000", "127.0.0.1:" + port);
    }

    /** And back again, without what is different in each run and tells nothing. */
    private String there(String text) {
        return text.replace(Sandbox.postgres().dsn(database), "postgres://postgres:postgres@localhost:5432/shop")
                .replace(Sandbox.kafka().bootstrapServers(), "localhost:9092")
                .replace(Sandbox.postgres().host() + ":" + Sandbox.postgres().port(), "localhost:5432")
                .replace("127.0.0.1:" + port, "127.0.0.1:9000")
                .replace(database, "shop")
                .replace(empty.toString(), "/home/you")
                .replace(ROOT.toString(), "/home/you/src/deltaforge");
    }

    /** Ports of this test, so that it can run beside others. */
    private void choosePorts() throws IOException {
        Path config = home().resolve("shop.conf");
        Files.writeString(
                config,
                Files.readString(config)
                        .replace(
                                "  data_dir = \"./deltaforge-data\"\n",
                                "  data_dir = \"./deltaforge-data\"\n  metrics { port = " + port + " }\n  api { port = "
                                        + freePort() + " }\n"));
    }

    @Test
    void shouldDoWhatThePageSaysWithOneCommandAfterTheOther() throws Exception {
        String page = Files.readString(ROOT.resolve("docs/get-started.md"));
        StringBuilder transcript = new StringBuilder();
        try (Shell shell = new Shell(empty, Map.of())) {
            for (MatchResult block : BLOCK.matcher(page).results().toList()) {
                if (block.group(1).contains("doctor --config")) {
                    choosePorts();
                }
                if (block.group(1).contains("/metrics")) {
                    Sandbox.postgres().executeIn(database, "INSERT INTO item VALUES (1, 'one'), (2, 'two')");
                    assertThat(keysOf("shop.item", 2)).containsExactlyInAnyOrder("{\"id\":1}", "{\"id\":2}");
                }
                for (String command : commands(block.group(1))) {
                    Shell.Result result = shell.run(here(command));
                    String output = there(result.output());
                    transcript.append("$ ").append(command.strip()).append('\n').append(output);
                    assertThat(result.exitCode()).as(transcript.toString()).isZero();
                }
                transcript.append('\n');
            }
            plugin(shell, transcript);
        }
        Files.writeString(Path.of("target", "transcript.txt"), transcript);
        assertThat(transcript.toString())
                .contains("3 problems", "exit code 2", "no problems", "0 errors", "\"status\":\"healthy\"")
                .containsPattern("deltaforge_sink_events_total\\{[^}]*pipeline=\"shop\"[^}]*\\} 2\\.0")
                .contains("exit code 0\n\n");
    }

    /** A sink of somebody's own, built by Maven from nothing but what is installed, and shown by the program of the archive. */
    private void plugin(Shell shell, StringBuilder transcript) throws IOException {
        String proof = ROOT.resolve("scripts/plugin-proof").toString();
        for (String command : List.of(
                "DELTAFORGE=$PWD/bin/deltaforge '" + proof + "' proof",
                "cp -r proof/plugins/* plugins/",
                "bin/deltaforge plugins ls",
                "bin/deltaforge plugins describe sink proof-files")) {
            Shell.Result result = shell.run(command);
            transcript.append("$ ").append(there(command)).append('\n').append(there(result.output()));
            assertThat(result.exitCode()).as(transcript.toString()).isZero();
        }
        assertThat(transcript.toString()).contains("proof-files").contains("tests passed");
    }

    /** A line is a command, unless it goes on. */
    private static List<String> commands(String block) {
        List<String> commands = new ArrayList<>();
        StringBuilder command = new StringBuilder();
        for (String line : block.lines().toList()) {
            command.append(line).append('\n');
            if (!line.endsWith("\\")) {
                commands.add(command.toString());
                command.setLength(0);
            }
        }
        return commands;
    }

    private static List<String> keysOf(String topic, int count) {
        List<String> keys = new ArrayList<>();
        Map<String, Object> settings =
                Map.of("bootstrap.servers", Sandbox.kafka().bootstrapServers());
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            await().atMost(Duration.ofSeconds(30)).until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> keys.add(record.key()));
                return keys.size() >= count;
            });
        }
        return keys;
    }

    @Test
    void shouldLeaveNoTemporaryFileBehindWhenKilled() throws Exception {
        Path tmp = Files.createDirectory(temp.resolve("tmp"));
        try (Shell shell = new Shell(empty, Map.of("DELTAFORGE_JAVA_OPTS", "-Djava.io.tmpdir=" + tmp))) {
            unpackAndConfigure(shell);
            shell.run("bin/deltaforge run --config shop.conf > shop.log 2>&1 & PID=$!");
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> Files.readString(home().resolve("shop.log")).contains("Pipeline shop: reading"));
            Sandbox.postgres().executeIn(database, "INSERT INTO item VALUES (3, repeat('three', 1000))");
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> shell.run("ls deltaforge-data/tmp").output().contains("lz4"));
            shell.run("kill -9 $PID; wait $PID");

            assertThat(tmp).isEmptyDirectory();
            shell.run("bin/deltaforge run --config shop.conf > again.log 2>&1 & PID=$!");
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> Files.readString(home().resolve("again.log")).contains("Pipeline shop: reading"));
            try (Stream<Path> files = Files.list(home().resolve("deltaforge-data/tmp"))) {
                assertThat(files.filter(file -> file.toString().endsWith(".so")))
                        .hasSizeLessThanOrEqualTo(2);
            }
            shell.run("kill $PID; wait $PID");
        }
    }

    private void unpackAndConfigure(Shell shell) throws IOException {
        assertThat(shell.run("tar -xzf deltaforge-" + VERSION + ".tar.gz && cd deltaforge-" + VERSION)
                        .exitCode())
                .isZero();
        Shell.Result made = shell.run("bin/deltaforge init --from postgres --to kafka --name shop -o shop.conf");
        assertThat(made.exitCode()).as(made.output()).isZero();
        Path config = home().resolve("shop.conf");
        Files.writeString(
                config,
                Files.readString(config)
                        .replace("<dsn>", Sandbox.postgres().dsn(database))
                        .replace("<brokers>", Sandbox.kafka().bootstrapServers())
                        .replace("<topic>", "killed"));
        choosePorts();
    }

    @Test
    void shouldTellMachinesWhatTheDoctorFinds() throws Exception {
        try (Shell shell = new Shell(empty, Map.of())) {
            unpackAndConfigure(shell);
            Path config = home().resolve("shop.conf");
            Files.writeString(
                    config,
                    Files.readString(config).replace("type = postgres", "type = postgres\n      create_slot = false"));

            Shell.Result result = shell.run("bin/deltaforge doctor --json --config shop.conf 2>/dev/null");

            assertThat(result.exitCode()).as(result.output()).isEqualTo(3);
            JsonNode envelope = new ObjectMapper().readTree(result.output());
            assertThat(envelope.at("/command").asText()).isEqualTo("doctor");
            assertThat(envelope.at("/ok").asBoolean()).isFalse();
            assertThat(envelope.at("/error/code").asText()).isEqualTo("UNHEALTHY");
            List<JsonNode> errors = new ArrayList<>();
            envelope.at("/result/checks").forEach(check -> {
                if (check.at("/severity").asText().equals("error")) {
                    errors.add(check);
                }
            });
            assertThat(errors).singleElement().satisfies(error -> {
                assertThat(error.at("/code").asText()).isEqualTo("SLOT_MISSING");
                assertThat(error.at("/path").asText()).isEqualTo("pipelines.shop.source");
                Sandbox.postgres().executeIn(database, error.at("/fix").asText());
            });
            assertThat(shell.run("bin/deltaforge doctor --json --config shop.conf 2>/dev/null")
                            .exitCode())
                    .isZero();
            assertThat(shell.run("bin/deltaforge validate --connect --config shop.conf")
                            .exitCode())
                    .isZero();
        }
    }

    @Test
    void shouldRunTheQuickstartOutsideTheSourceTree() throws Exception {
        Path second = ARCHIVES.resolve("deltaforge-quickstart-" + VERSION + ".tar.gz");
        try (Shell shell = new Shell(empty, Map.of())) {
            shell.run("tar -xzf deltaforge-" + VERSION + ".tar.gz");
            Shell.Result without = shell.run("deltaforge-" + VERSION + "/bin/deltaforge quickstart");
            assertThat(without.exitCode()).isEqualTo(3);
            assertThat(without.output()).contains("deltaforge-quickstart", "tar -xzf");

            shell.run("tar -xzf '" + second + "'");
            Shell.Result result = shell.run("deltaforge-" + VERSION + "/bin/deltaforge quickstart --duration 3s");

            assertThat(result.exitCode()).as(result.output()).isZero();
            assertThat(result.output()).contains("OK: every committed change is in Kafka");
        }
    }
}
