package io.deltaforge.e2e.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.deltaforge.e2e.oracle.TopicReader;
import io.deltaforge.e2e.run.DeltaForge;
import io.deltaforge.sandbox.KafkaBroker;
import io.deltaforge.sandbox.PostgresServer;
import io.deltaforge.sandbox.Sandbox;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first pipeline that the README shows, run with nothing changed but where the servers are. */
class FirstPipelineIT {

    private static final Path EXAMPLE = Path.of("..", "examples", "postgres-to-kafka.conf");
    private static final Duration TIMEOUT = Duration.ofMinutes(3);
    private static final String DATABASE = "shop";
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path directory;

    @AfterEach
    void dropDatabase() {
        Sandbox.postgres().dropDatabase(DATABASE);
    }

    @Test
    void shouldDeliverTheChangesOfEachTableToItsTopic() throws IOException {
        PostgresServer postgres = Sandbox.postgres();
        postgres.createDatabase(DATABASE);
        postgres.executeIn(
                DATABASE,
                "CREATE TABLE orders (id bigint PRIMARY KEY, status text)",
                "CREATE TABLE customers (id bigint PRIMARY KEY, name text)");
        try (KafkaBroker broker = KafkaBroker.builder().start();
                TopicReader topics =
                        new TopicReader(broker.bootstrapServers(), List.of("shop.orders", "shop.customers"));
                DeltaForge deltaForge =
                        new DeltaForge(directory, pipelines(postgres.dsn(DATABASE), broker.bootstrapServers()))) {
            deltaForge.start().awaitReading("shop");
            postgres.executeIn(
                    DATABASE,
                    "INSERT INTO customers VALUES (7, 'Zoë')",
                    "INSERT INTO orders VALUES (1, 'NEW')",
                    "UPDATE orders SET status = 'PAID' WHERE id = 1",
                    "DELETE FROM orders WHERE id = 1");

            List<String> seen = new ArrayList<>();
            await().atMost(TIMEOUT).until(() -> {
                topics.read(record -> seen.add(describe(record)));
                return seen.size() >= 4;
            });

            assertThat(seen)
                    .containsExactlyInAnyOrder(
                            "shop.customers {\"id\":7} c {\"id\":7,\"name\":\"Zoë\"}",
                            "shop.orders {\"id\":1} c {\"id\":1,\"status\":\"NEW\"}",
                            "shop.orders {\"id\":1} u {\"id\":1,\"status\":\"PAID\"}",
                            "shop.orders {\"id\":1} d null");
            assertThat(seen.stream().filter(line -> line.startsWith("shop.orders")))
                    .extracting(line -> line.charAt("shop.orders {\"id\":1} ".length()))
                    .containsExactly('c', 'u', 'd');
            assertThat(deltaForge.health().statusCode()).isEqualTo(200);
        }
    }

    /** Returns what stands between the braces of {@code pipelines}. */
    private static String pipelines(String dsn, String brokers) throws IOException {
        String example = Files.readString(EXAMPLE);
        String begin = "\npipelines {\n";
        String inside = example.substring(example.indexOf(begin) + begin.length(), example.lastIndexOf('}'));
        assertThat(inside)
                .contains("\"postgres://postgres:postgres@localhost:5432/shop\"")
                .contains("\"localhost:9092\"");
        return inside.replace("postgres://postgres:postgres@localhost:5432/shop", dsn)
                .replace("localhost:9092", brokers);
    }

    private static String describe(ConsumerRecord<byte[], byte[]> record) {
        try {
            JsonNode event = JSON.readTree(record.value());
            return record.topic() + " " + new String(record.key(), StandardCharsets.UTF_8) + " "
                    + event.path("op").textValue() + " " + event.path("after");
        } catch (IOException e) {
            throw new AssertionError("no JSON at " + record, e);
        }
    }
}
