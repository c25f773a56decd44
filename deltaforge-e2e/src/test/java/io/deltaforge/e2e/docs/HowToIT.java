package io.deltaforge.e2e.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.deltaforge.e2e.oracle.TopicReader;
import io.deltaforge.e2e.run.DeltaForge;
import io.deltaforge.sandbox.PostgresServer;
import io.deltaforge.sandbox.Sandbox;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The how-to pages do what they say: their SQL runs, and their configurations then deliver. */
class HowToIT {

    private static final Path HOW_TO = Path.of("..", "docs", "how-to");
    private static final Duration TIMEOUT = Duration.ofMinutes(1);

    private final PostgresServer postgres = Sandbox.postgres();
    private final String brokers = Sandbox.kafka().bootstrapServers();
    private final List<String> events = new ArrayList<>();

    @TempDir
    private Path directory;

    @AfterEach
    void cleanUp() {
        postgres.dropDatabase("shop");
        postgres.dropDatabase("inventory");
        postgres.execute("ALTER SYSTEM RESET ALL", "DROP ROLE IF EXISTS deltaforge");
    }

    @Test
    void shouldDeliverFromADatabasePreparedAsThePageSays() throws IOException {
        String page = Files.readString(HOW_TO.resolve("postgres-to-kafka.md"));
        postgres.createDatabase("shop");
        postgres.executeIn(
                "shop",
                "CREATE TABLE orders (id bigint PRIMARY KEY)",
                "CREATE TABLE customers (id bigint PRIMARY KEY)");
        executeEverySqlOf(page, "shop");

        String pipelines = pipelines(page)
                .replace("db.example:5432", postgres.host() + ":" + postgres.port())
                .replace("?sslmode=require", "")
                .replace("broker1.example:9092,broker2.example:9092", brokers)
                .replaceFirst("(?s)client_conf \\{.*?\\}", "");
        try (DeltaForge deltaForge = new DeltaForge(directory, pipelines);
                TopicReader topics = new TopicReader(brokers, List.of("shop.orders", "shop.customers"))) {
            deltaForge.start().awaitReading("shop");
            postgres.executeIn("shop", "INSERT INTO orders VALUES (1)", "INSERT INTO customers VALUES (2)");
            awaitEvents(topics, 2);
        }
        assertThat(events).containsExactlyInAnyOrder("shop.orders {\"id\":1}", "shop.customers {\"id\":2}");
    }

    @Test
    void shouldTakeOverFromDebeziumWithoutAGap() throws IOException {
        String page = Files.readString(HOW_TO.resolve("migrate-from-debezium.md"));
        List<String> sql = sql(page);
        assertThat(sql).hasSize(2);
        postgres.createDatabase("inventory");
        postgres.executeIn(
                "inventory",
                "CREATE SCHEMA inventory",
                "CREATE TABLE inventory.items (id bigint PRIMARY KEY)",
                "CREATE PUBLICATION dbz_publication FOR ALL TABLES",
                "SELECT pg_create_logical_replication_slot('debezium', 'pgoutput')",
                "INSERT INTO inventory.items VALUES (1)");
        postgres.executeIn("inventory", sql.get(0), "INSERT INTO inventory.items VALUES (2)");

        String pipelines = pipelines(page)
                .replace("debezium:dbz@localhost:5432/inventory", "USER")
                .replace("postgres://USER", postgres.dsn("inventory"))
                .replace("localhost:9092", brokers);
        try (DeltaForge deltaForge = new DeltaForge(directory, pipelines);
                TopicReader topics = new TopicReader(brokers, List.of("server1.inventory.items"))) {
            deltaForge.start().awaitReading("inventory");
            postgres.executeIn("inventory", sql.get(1), "INSERT INTO inventory.items VALUES (3)");
            awaitEvents(topics, 3);
        }
        assertThat(events)
                .containsExactly(
                        "server1.inventory.items {\"id\":1}",
                        "server1.inventory.items {\"id\":2}",
                        "server1.inventory.items {\"id\":3}");
    }

    private void awaitEvents(TopicReader topics, int count) {
        await().atMost(TIMEOUT).until(() -> {
            topics.read(record -> events.add(record.topic() + " " + new String(record.key(), StandardCharsets.UTF_8)));
            return events.size() >= count;
        });
    }

    private void executeEverySqlOf(String page, String database) {
        List<String> statements = sql(page);
        assertThat(statements).hasSizeGreaterThan(4);
        postgres.executeIn(database, statements.toArray(String[]::new));
    }

    /** Returns the statements of a page in their order. */
    private static List<String> sql(String page) {
        return blocks(page, "sql")
                .flatMap(block -> Stream.of(block.split(";\\s*", -1)))
                .filter(statement -> !statement.isBlank())
                .toList();
    }

    /** Returns what stands between the braces of {@code pipelines}. */
    private static String pipelines(String page) {
        String block = blocks(page, "hocon").findFirst().orElseThrow();
        String begin = "pipelines {\n";
        return block.substring(block.indexOf(begin) + begin.length(), block.lastIndexOf('}'));
    }

    private static Stream<String> blocks(String page, String language) {
        return Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
                .matcher(page)
                .results()
                .map((MatchResult block) -> block.group(1));
    }
}
