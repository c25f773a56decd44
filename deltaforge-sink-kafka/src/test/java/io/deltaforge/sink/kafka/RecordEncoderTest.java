package io.deltaforge.sink.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.EventId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.internal.AbstractRecords;
import org.apache.kafka.common.record.internal.CompressionType;
import org.junit.jupiter.api.Test;

final class RecordEncoderTest {

    private static final byte MAGIC = 2;

    private final StubContext context = new StubContext();
    private final List<String> asked = new ArrayList<>();

    private RecordEncoder encoder(String keyTemplate, int maxBytes) {
        return new RecordEncoder(
                context.encoder(),
                context.router("shop.${source.table}"),
                keyTemplate == null ? null : context.router(keyTemplate),
                maxBytes,
                TopicGate.OPEN,
                topic -> {
                    asked.add(topic);
                    return 6;
                });
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Test
    void shouldSendTheKeyTheValueAndTheIdOfTheEvent() {
        ChangeEvent event = Changes.change(Changes.ORDERS, 1, 5, 42, "tea");

        ProducerRecord<byte[], byte[]> sent = encoder(null, 1_000).encode(event);

        assertThat(sent.topic()).isEqualTo("shop.orders");
        assertThat(sent.partition()).isNull();
        assertThat(sent.timestamp()).isNull();
        assertThat(text(sent.key())).isEqualTo("42");
        assertThat(text(sent.value())).isEqualTo("1#5 tea");
        assertThat(sent.headers().toArray()).singleElement().satisfies(header -> {
            assertThat(header.key()).isEqualTo("df-event-id");
            assertThat(text(header.value()))
                    .isEqualTo("01234567-89ab-8dee-8000-000000000005")
                    .isEqualTo(EventId.of(event).toString());
        });
        assertThat(asked).isEmpty();
    }

    @Test
    void shouldWriteAnyIdAsJavaDoes() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        for (int i = 0; i < 1_000; i++) {
            UUID id = new UUID(random.nextLong(), random.nextLong());
            assertThat(text(EventIdHeader.text(id.getMostSignificantBits(), id.getLeastSignificantBits())))
                    .as("seed %d", seed)
                    .isEqualTo(id.toString());
        }
    }

    @Test
    void shouldKeepTheOrderOfATableWithoutAKeyInOnePartition() {
        RecordEncoder encoder = encoder(null, 1_000);
        int wanted = Math.floorMod("public.log_lines".hashCode(), 6);

        for (int i = 0; i < 3; i++) {
            encoder.beginBatch();
            for (int ordinal = 0; ordinal < 3; ordinal++) {
                ProducerRecord<byte[], byte[]> sent =
                        encoder.encode(Changes.change(Changes.LOG_LINES, i, ordinal, ordinal, "x"));
                assertThat(sent.key()).isNull();
                assertThat(sent.partition()).isEqualTo(wanted);
            }
        }
        assertThat(asked).as("asked once per batch").hasSize(3).containsOnly("shop.log_lines");
    }

    @Test
    void shouldFillTheKeyTemplateInAndGiveTheEmptyKeyWhereAFieldIsMissing() {
        RecordEncoder encoder = encoder("note-${after.note}", 1_000);

        assertThat(text(encoder.encode(Changes.order(1, 1, "a")).key())).isEqualTo("note-a");
        assertThat(text(encoder.encode(Changes.order(1, 1, "missing")).key())).isEmpty();
        assertThat(text(encoder.encode(Changes.order(1, 1, "b")).key())).isEqualTo("note-b");
    }

    @Test
    void shouldTakeARecordToBeAsLargeAsTheProducerDoes() {
        for (int length : new int[] {0, 1, 60, 63, 64, 127, 128, 8_000, 8_192, 70_000, 1_048_576, 2_100_000}) {
            byte[] value = new byte[length];
            for (byte[] key : new byte[][] {null, new byte[length % 300]}) {
                Header[] headers = {EventIdHeader.of(Changes.order(1, 1, "a"))};
                int ours = RecordSize.overhead(EventIdHeader.NAME, EventIdHeader.LENGTH)
                        + RecordSize.of(key)
                        + RecordSize.of(value);

                assertThat(ours)
                        .isEqualTo(AbstractRecords.estimateSizeInBytesUpperBound(
                                MAGIC, CompressionType.LZ4, key, value, headers));
            }
        }
    }

    @Test
    void shouldSendTheHeadersOfTheEnvelopeBeforeItsOwn() {
        context.headers.put("content-type", "application/json");
        context.headers.put("ce_subject", "public.Bestellungen ä");
        ChangeEvent event = Changes.order(1, 1, "a");
        RecordEncoder encoder = encoder(null, 10_000);

        ProducerRecord<byte[], byte[]> sent = encoder.encode(event);

        assertThat(sent.headers().toArray())
                .extracting(header -> header.key() + "=" + text(header.value()))
                .containsExactly(
                        "content-type=application/json",
                        "ce_subject=public.Bestellungen ä",
                        "df-event-id=" + EventId.of(event));
        int size = AbstractRecords.estimateSizeInBytesUpperBound(
                MAGIC,
                CompressionType.LZ4,
                sent.key(),
                sent.value(),
                sent.headers().toArray());
        assertThat(encoder(null, size).encode(event).headers()).isEqualTo(sent.headers());
        assertThatThrownBy(() -> encoder(null, size - 1).encode(event)).hasMessageContaining(size + " bytes");
        context.headers.clear();
        assertThat(encoder.encode(event).headers()).hasSize(1);
    }

    @Test
    void shouldFollowADeleteWithATombstoneOnlyWhereAKeyStandsForTheRow() {
        ChangeEvent delete = Changes.delete(Changes.ORDERS, 1, 0, 7);
        RecordEncoder keyed = encoder(null, 1_000);
        ProducerRecord<byte[], byte[]> record = keyed.encode(delete);

        assertThat(keyed.tombstone(delete, record)).satisfies(tombstone -> {
            assertThat(text(tombstone.key())).isEqualTo("7");
            assertThat(tombstone.value()).isNull();
            assertThat(tombstone.topic()).isEqualTo(record.topic());
        });
        ChangeEvent update = Changes.order(1, 7, "a");
        assertThat(keyed.tombstone(update, keyed.encode(update))).isNull();
        ChangeEvent keyless = Changes.delete(Changes.LOG_LINES, 1, 0, 7);
        assertThat(keyed.tombstone(keyless, keyed.encode(keyless))).isNull();
        RecordEncoder byNote = encoder("${after.note}", 1_000);
        assertThat(byNote.tombstone(delete, byNote.encode(delete))).isNull();
    }

    @Test
    void shouldRefuseARecordOneByteAboveTheLimit() {
        ChangeEvent event = Changes.order(1, 1, "x".repeat(500));
        int size = RecordSize.overhead(EventIdHeader.NAME, EventIdHeader.LENGTH)
                + RecordSize.of(new byte[1])
                + RecordSize.of(StubContext.value(event).getBytes(StandardCharsets.UTF_8));

        assertThat(encoder(null, size).encode(event)).isNotNull();
        assertThatThrownBy(() -> encoder(null, size - 1).encode(event))
                .isInstanceOf(DeliveryException.class)
                .hasMessage("u public.orders tx 1 #0 makes a record of " + size
                        + " bytes, max.request.size and buffer.memory allow " + (size - 1));
    }

    @Test
    void shouldKnowWhichNamesKafkaTakesForTopics() {
        assertThat(TopicNames.fault("a.b_C-9")).isNull();
        assertThat(TopicNames.fault("x".repeat(249))).isNull();
        assertThat(TopicNames.fault("x".repeat(250))).isNotNull();
        for (String bad : List.of("", ".", "..", "a b", "ü", "a/b", "a$b")) {
            assertThat(TopicNames.fault(bad)).as(bad).isNotNull();
        }
    }

    @Test
    void shouldAskTheGateOncePerTopicAndAgainAfterARefusal() {
        List<String> passed = new ArrayList<>();
        TopicNames names = new TopicNames(topic -> {
            passed.add(topic);
            if (passed.size() == 1) {
                throw new DeliveryException(ErrorKind.RETRIABLE, "TOPIC_MISSING", "not there", null);
            }
        });

        assertThatThrownBy(() -> names.checked("a")).hasMessage("not there");
        for (String topic : List.of("a", "b", "a", "b", "b")) {
            assertThat(names.checked(topic)).isEqualTo(topic);
        }
        assertThat(passed).containsExactly("a", "a", "b");
    }
}
