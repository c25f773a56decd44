package io.deltaforge.bench.drain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.deltaforge.sandbox.Sandbox;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The measurement works, and its check of the topic sees what it has to see. */
class DrainIT {

    private final TopicCheck check = new TopicCheck(Sandbox.kafka().bootstrapServers());
    private final String topic = Sandbox.uniqueName("bench");

    @TempDir
    private Path output;

    @Test
    void shouldDrainSideBySideAndReport() throws IOException {
        int exit = new CommandLine(new DrainCommand())
                .execute("--events", "2000", "--rounds", "1", "--exactly-once", "--output", output.toString());
        assertThat(exit).isZero();
        try (Stream<Path> files = Files.list(output)) {
            List<Path> left = files.toList();
            assertThat(left).hasSize(1);
            assertThat(Files.readString(left.get(0)))
                    .contains(
                            "\"side\" : \"reference\"",
                            "\"side\" : \"DeltaForge\"",
                            "\"side\" : \"DeltaForge, exactly once\"",
                            "\"events\" : 2000",
                            "\"ratio\"");
        }
    }

    @Test
    void shouldAcceptEveryRowOnceInAnyOrder() throws InterruptedException, ExecutionException {
        send(3, 1, 2);
        assertThat(check.verify(topic, 3)).isEqualTo(3L * value(1).length);
    }

    @Test
    void shouldSeeARowThatIsMissing() throws InterruptedException, ExecutionException {
        send(1, 3);
        assertThatIllegalStateException()
                .isThrownBy(() -> check.verify(topic, 3))
                .withMessageContaining("first row missing is 2");
    }

    @Test
    void shouldSeeARowThatIsThereTwice() throws InterruptedException, ExecutionException {
        send(1, 2, 2);
        assertThatIllegalStateException()
                .isThrownBy(() -> check.verify(topic, 3))
                .withMessageContaining("row 2 twice");
    }

    @Test
    void shouldSeeARowThatWasNeverCommitted() throws InterruptedException, ExecutionException {
        send(1, 2, 4);
        assertThatIllegalStateException()
                .isThrownBy(() -> check.verify(topic, 3))
                .withMessageContaining("never committed");
    }

    @Test
    void shouldSeeTwoEventsWithOneId() throws InterruptedException, ExecutionException {
        UUID id = UUID.randomUUID();
        send(List.of(record(1, id), record(2, id)));
        assertThatIllegalStateException()
                .isThrownBy(() -> check.verify(topic, 2))
                .withMessageContaining("two events with one id");
    }

    private static byte[] value(int id) {
        return ("{\"before\":null,\"after\":{\"id\":" + id + ",\"note\":null}}").getBytes(StandardCharsets.US_ASCII);
    }

    private ProducerRecord<byte[], byte[]> record(int id, UUID eventId) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, ("{\"id\":" + id + "}").getBytes(StandardCharsets.US_ASCII), value(id));
        record.headers().add("df-event-id", eventId.toString().getBytes(StandardCharsets.US_ASCII));
        return record;
    }

    private void send(int... ids) throws InterruptedException, ExecutionException {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int id : ids) {
            records.add(record(id, UUID.randomUUID()));
        }
        send(records);
    }

    private void send(List<ProducerRecord<byte[], byte[]>> records) throws InterruptedException, ExecutionException {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", Sandbox.kafka().bootstrapServers());
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            records.forEach(record -> sent.add(producer.send(record)));
            for (Future<RecordMetadata> result : sent) {
                result.get();
            }
        }
    }
}
