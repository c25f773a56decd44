package io.deltaforge.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.deltaforge.e2e.oracle.SinkTopics;
import io.deltaforge.e2e.oracle.TopicReader;
import io.deltaforge.e2e.run.DeltaForge;
import io.deltaforge.e2e.run.PipelineText;
import io.deltaforge.e2e.workload.WorkloadDatabase;
import io.deltaforge.sandbox.Sandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A row that is too large for Kafka, in the middle of others: it is put aside once, whatever happens, and the others arrive. */
class DeadLetterIT {

    private static final Duration TIMEOUT = Duration.ofMinutes(3);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ROWS = 300;
    private static final int POISON = 150;
    private static final int POISON_BYTES = 2_000_000;

    @TempDir
    private Path directory;

    private static String text(String name, WorkloadDatabase database, boolean exactlyOnce, String journal) {
        return new PipelineText(name, database.dsn())
                .sink("kafka", Sandbox.kafka().bootstrapServers(), name)
                .batch("max_events = 50")
                .exactlyOnce(exactlyOnce)
                .toString()
                .replace("batch {", "journal { " + journal + " }\n  batch {");
    }

    /** Rows 1 to {@value #ROWS} in one transaction, one of them too large for Kafka. */
    private static void insertRows(WorkloadDatabase database) {
        database.execute("INSERT INTO item SELECT i, 1, 1, CASE WHEN i = " + POISON + " THEN repeat('x', "
                + POISON_BYTES + ") ELSE 'fits' END FROM generate_series(1, " + ROWS + ") AS i");
    }

    private static List<Long> delivered(TopicReader reader) {
        List<Long> ids = new ArrayList<>();
        reader.read(record -> ids.add(tree(new String(record.value(), StandardCharsets.UTF_8))
                .at("/after/id")
                .asLong()));
        return ids;
    }

    private static JsonNode tree(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(json, e);
        }
    }

    @ParameterizedTest(name = "exactly once: {0}")
    @ValueSource(booleans = {false, true})
    void shouldPutAsideWhatIsTooLargeOnceAndLoseNothingWhenKilledInBetween(boolean exactlyOnce) {
        String name = Sandbox.uniqueName("letter");
        try (WorkloadDatabase database = WorkloadDatabase.create(Sandbox.postgres(), name);
                SinkTopics topics = SinkTopics.create(Sandbox.kafka().bootstrapServers(), name);
                TopicReader reader = new TopicReader(Sandbox.kafka().bootstrapServers(), List.of(name + ".item"));
                DeltaForge deltaForge =
                        new DeltaForge(directory, text(name, database, exactlyOnce, "enabled = true"))) {
            deltaForge.crashAt("deadletters.put").start().awaitReading(name);
            insertRows(database);
            // Ends between the entry and the acknowledgement.
            assertThat(deltaForge.awaitEnd(TIMEOUT)).as(deltaForge.log()).hasValue(137);
            assertThat(count(deltaForge)).isEqualTo(1);

            deltaForge.crashAt("").start().awaitReading(name);
            List<Long> ids = new ArrayList<>();
            await().atMost(TIMEOUT).until(() -> {
                ids.addAll(delivered(reader));
                return ids.stream().distinct().count() >= ROWS - 1;
            });
            assertThat(ids.stream().distinct())
                    .containsExactlyInAnyOrderElementsOf(LongStream.rangeClosed(1, ROWS)
                            .filter(id -> id != POISON)
                            .boxed()
                            .toList());
            assertThat(topics.records()).isGreaterThanOrEqualTo(ROWS - 1);
            if (exactlyOnce) {
                assertThat(ids).doesNotHaveDuplicates();
            }
            await().atMost(TIMEOUT).until(() -> deltaForge.health().state(name).equals("running"));
            assertThat(deltaForge.metric("deltaforge_dlq_entries")).hasValue(1);
            JsonNode listed =
                    tree(deltaForge.api("/pipelines/" + name + "/dead-letters").body());
            assertThat(listed.at("/dead_letters")).hasSize(1);
            deltaForge.terminate();
            assertThat(deltaForge.awaitEnd(TIMEOUT)).hasValue(0);

            assertThat(deltaForge.command(0, "dlq", "ls", "--config", "FILE"))
                    .containsPattern("1 +" + name + " +kafka +MESSAGE_TOO_LARGE +c +1 .* waiting +public.item");
            JsonNode letter = tree(lastLine(deltaForge.command(0, "dlq", "show", "1", "--json", "--config", "FILE")))
                    .at("/result");
            assertThat(letter.at("/attempts").asInt())
                    .as("it is not tried again")
                    .isEqualTo(1);
            assertThat(letter.at("/error/code").asText()).isEqualTo("MESSAGE_TOO_LARGE");
            assertThat(letter.at("/event_id")).isEqualTo(listed.at("/dead_letters/0/event_id"));
            assertThat(letter.at("/event/event_id")).isEqualTo(letter.at("/event_id"));
            assertThat(letter.at("/event/after/id").asInt()).isEqualTo(POISON);
            assertThat(letter.at("/event/after/note").asText()).isEqualTo("x".repeat(POISON_BYTES));
        }
    }

    /** The versions of an item, in the order of the topic, and how they came when not from the log. */
    private static List<String> versions(List<ConsumerRecord<byte[], byte[]>> records, long id) {
        List<String> versions = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            JsonNode event = tree(new String(record.value(), StandardCharsets.UTF_8));
            Header replay = record.headers().lastHeader("df-replay");
            String mark = replay == null ? "" : " " + new String(replay.value(), StandardCharsets.UTF_8);
            assertThat(event.path("replay").asText("")).isEqualTo(mark.strip());
            if (event.at("/after/id").asLong() == id) {
                versions.add(event.at("/after/ver").asLong() + mark);
            }
        }
        return versions;
    }

    @ParameterizedTest(name = "exactly once: {0}")
    @ValueSource(booleans = {false, true})
    void shouldParkTheKeyOfAPoisonedRowAndDeliverItInOrderAfterAnEdit(boolean exactlyOnce) {
        String name = Sandbox.uniqueName("park");
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (WorkloadDatabase database = WorkloadDatabase.create(Sandbox.postgres(), name);
                SinkTopics topics = SinkTopics.create(Sandbox.kafka().bootstrapServers(), name);
                TopicReader reader = new TopicReader(Sandbox.kafka().bootstrapServers(), List.of(name + ".item"));
                DeltaForge deltaForge = new DeltaForge(
                        directory, text(name, database, exactlyOnce, "enabled = true, dlq.on_poison = park_key"))) {
            deltaForge.start().awaitReading(name);
            database.execute("INSERT INTO item VALUES (1, 1, 1, 'fits'), (2, 1, 1, 'fits')");
            database.execute("UPDATE item SET ver = 2, note = repeat('x', " + POISON_BYTES + ") WHERE id = 1");
            database.execute("UPDATE item SET ver = ver + 1, note = 'fits'");
            database.execute("UPDATE item SET ver = ver + 1");
            await().atMost(TIMEOUT).until(() -> {
                reader.read(records::add);
                return versions(records, 2).contains("3")
                        && deltaForge.metric("deltaforge_dlq_entries").orElse(0) == 3;
            });
            assertThat(versions(records, 1)).containsOnly("1");

            String letters = "/pipelines/" + name + "/dead-letters";
            assertThat(deltaForge.api(letters + "?code=MESSAGE_TOO_LARGE").body())
                    .contains("\"id\":1,");
            await().atMost(TIMEOUT).until(() -> deltaForge
                    .api(
                            "POST",
                            letters + "/replay",
                            "{\"ids\":[1],\"after\":{\"note\":\"short\"},\"by\":\"an operator\"}")
                    .body()
                    .contains("\"replayed\":3"));
            database.execute("UPDATE item SET ver = ver + 1");
            await().atMost(TIMEOUT).until(() -> {
                reader.read(records::add);
                return versions(records, 1).contains("5")
                        && versions(records, 2).contains("4");
            });
            List<String> poisoned = versions(records, 1);
            List<String> other = versions(records, 2);
            if (exactlyOnce) {
                assertThat(poisoned).containsExactly("1", "2 in_order", "3 in_order", "4 in_order", "5");
                assertThat(other).containsExactly("1", "2", "3", "4");
            } else {
                assertThat(poisoned.stream().distinct())
                        .containsExactly("1", "2 in_order", "3 in_order", "4 in_order", "5");
                assertThat(other.stream().distinct()).containsExactly("1", "2", "3", "4");
            }
            assertThat(topics.records()).as("nothing but these").isGreaterThanOrEqualTo(9);
            assertThat(deltaForge.api(letters + "/count").body()).contains("\"count\":0");
            assertThat(deltaForge.api(letters + "/history").body())
                    .containsSubsequence("\"replayed\"", "\"edited\",\"by\":\"an operator\"");
            deltaForge.kill();
            deltaForge.start().awaitReading(name);
            database.execute("UPDATE item SET ver = ver + 1");
            await().atMost(TIMEOUT).until(() -> {
                reader.read(records::add);
                return versions(records, 1).contains("6")
                        && versions(records, 2).contains("5");
            });
            if (exactlyOnce) {
                assertThat(versions(records, 1)).as("no position moved back").doesNotHaveDuplicates();
                assertThat(versions(records, 2)).doesNotHaveDuplicates();
            }
        }
    }

    private static int count(DeltaForge deltaForge) {
        return tree(lastLine(deltaForge.command(0, "dlq", "count", "--json", "--config", "FILE")))
                .at("/result/count")
                .asInt();
    }

    private static String lastLine(String output) {
        return output.lines().reduce("", (before, line) -> line);
    }

    @Test
    void shouldWaitForRoomAndGoOnOnceThereIsSome() {
        String name = Sandbox.uniqueName("full");
        try (WorkloadDatabase database = WorkloadDatabase.create(Sandbox.postgres(), name);
                SinkTopics topics = SinkTopics.create(Sandbox.kafka().bootstrapServers(), name);
                TopicReader reader = new TopicReader(Sandbox.kafka().bootstrapServers(), List.of(name + ".item"));
                DeltaForge deltaForge = new DeltaForge(
                        directory, text(name, database, false, "enabled = true, dlq { max_entries = 1 }"))) {
            deltaForge.start().awaitReading(name);
            insertRows(database);
            database.execute("INSERT INTO item VALUES (1001, 1, 2, repeat('y', " + POISON_BYTES + "))");
            database.execute("INSERT INTO item VALUES (1002, 1, 3, 'fits')");
            await().atMost(TIMEOUT)
                    .until(() -> deltaForge.health().body().toString().contains("DEAD_LETTERS_FULL"));
            assertThat(deltaForge.health().state(name)).isEqualTo("degraded");
            assertThat(topics.records()).as("records so far").isLessThan(ROWS);
            assertThat(delivered(reader)).doesNotHaveDuplicates().doesNotContain(1002L);
            deltaForge.kill();

            deltaForge.configure(text(name, database, false, "enabled = true, dlq { max_entries = 2 }"));
            deltaForge.start().awaitReading(name);
            List<Long> ids = new ArrayList<>();
            await().atMost(TIMEOUT).until(() -> {
                ids.addAll(delivered(reader));
                return ids.contains(1_002L);
            });
            assertThat(ids).doesNotContain(1_001L);
            assertThat(deltaForge
                            .api("/pipelines/" + name + "/dead-letters/count")
                            .body())
                    .contains("\"count\":2");
        }
    }
}
