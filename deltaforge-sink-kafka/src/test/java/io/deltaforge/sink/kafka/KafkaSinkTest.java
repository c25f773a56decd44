package io.deltaforge.sink.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.event.EventId;
import io.deltaforge.testkit.context.SettingsDraft;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;

final class KafkaSinkTest {

    private final StubContext context = new StubContext();
    private final ManualProducer producer = new ManualProducer(6, "orders", "log_lines");
    private final KafkaSink sink = sink(Drafts.of("localhost:9092", "${source.table}"));

    private KafkaSink sink(SettingsDraft settings) {
        KafkaSink made = new KafkaSink(context, KafkaSinkFactory.options(settings, context), () -> producer);
        made.open();
        return made;
    }

    private static CompletableFuture<Void> deliver(KafkaSink sink, EventBatch batch) {
        return sink.deliver(batch).toCompletableFuture();
    }

    private static void whenDone(CompletionStage<Void> delivery, Runnable action) {
        delivery.thenRun(action);
    }

    private static DeliveryException failureOf(CompletableFuture<Void> delivery) {
        assertThat(delivery).isCompletedExceptionally();
        return (DeliveryException) delivery.handle(
                        (done, error) -> error instanceof CompletionException wrapped ? wrapped.getCause() : error)
                .join();
    }

    private static List<String> values(List<ProducerRecord<byte[], byte[]>> records) {
        return records.stream().map(Transactions::text).toList();
    }

    @Test
    void shouldCompleteABatchOnceItsLastRecordIsAcknowledged() {
        CompletableFuture<Void> delivery = deliver(sink, Changes.batchOver(1, 3, "a"));
        producer.acknowledge(0);
        producer.acknowledge(2);
        assertThat(delivery).isNotDone();

        producer.acknowledge(1);

        assertThat(delivery).isCompleted();
        assertThat(values(producer.sent())).containsExactly("1#0 a", "1#1 a", "1#2 a");
        assertThat(context.metrics().counters()).containsExactly(Map.entry("deltaforge_sink_bytes_total", 18L));
    }

    @Test
    void shouldSendATombstoneBehindADeleteAndWaitForBoth() {
        CompletableFuture<Void> delivery = deliver(
                sink,
                Changes.batch(
                        1, Changes.delete(Changes.ORDERS, 1, 0, 7), Changes.change(Changes.ORDERS, 1, 1, 7, "new")));
        producer.acknowledge(0);
        producer.acknowledge(2);
        assertThat(delivery).isNotDone();

        producer.acknowledge(1);

        assertThat(delivery).isCompleted();
        assertThat(values(producer.sent())).containsExactly("1#0 gone", "nothing for 7", "1#1 new");
        ProducerRecord<byte[], byte[]> delete = producer.sent().get(0);
        ProducerRecord<byte[], byte[]> tombstone = producer.sent().get(1);
        assertThat(tombstone.key()).isEqualTo(delete.key());
        assertThat(tombstone.topic()).isEqualTo(delete.topic());
        assertThat(tombstone.partition()).isEqualTo(delete.partition());
        assertThat(tombstone.headers()).isEmpty();
    }

    @Test
    void shouldPutADeleteAsideOnceWhoseTombstoneIsRefusedToo() {
        EventBatch batch = Changes.batch(1, Changes.delete(Changes.ORDERS, 1, 0, 7), Changes.order(1, 8, "a"));
        CompletableFuture<Void> delivery = deliver(sink, batch);
        producer.refuse(1, new RecordTooLargeException("too large"));
        producer.acknowledge(0);
        producer.acknowledge(2);

        await().until(delivery::isDone);

        assertThat(delivery).isCompleted();
        assertThat(context.putAside().keySet())
                .containsExactly(EventId.of(batch.events().get(0)));
    }

    @Test
    void shouldHoldABatchBackUntilTheOneBeforeItIsComplete() {
        List<Integer> completed = new ArrayList<>();
        CompletableFuture<Void> first = deliver(sink, Changes.batchOver(1, 2, "a"));
        CompletableFuture<Void> second = deliver(sink, Changes.batchOver(2, 2, "b"));
        CompletableFuture<Void> third = deliver(sink, Changes.batchOver(3, 1, "c"));
        whenDone(first, () -> completed.add(1));
        whenDone(second, () -> completed.add(2));
        whenDone(third, () -> completed.add(3));

        producer.acknowledge(4);
        producer.acknowledge(2);
        producer.acknowledge(3);
        producer.acknowledge(1);
        assertThat(completed).isEmpty();

        producer.acknowledge(0);
        assertThat(completed).containsExactly(1, 2, 3);
    }

    @Test
    void shouldFailTheBatchAndThoseBehindItAndEndTheProducerOnTheFirstFailure() {
        CompletableFuture<Void> first = deliver(sink, Changes.batchOver(1, 2, "a"));
        CompletableFuture<Void> second = deliver(sink, Changes.batchOver(2, 2, "b"));
        CompletableFuture<Void> third = deliver(sink, Changes.batchOver(3, 2, "c"));
        producer.acknowledge(0);
        producer.acknowledge(1);

        producer.refuse(3, new TimeoutException("expired"));

        assertThat(first).isCompleted();
        assertThat(failureOf(second).reason()).isEqualTo("BROKER_UNAVAILABLE");
        assertThat(failureOf(second).kind()).isEqualTo(ErrorKind.RETRIABLE);
        assertThat(failureOf(third)).isSameAs(failureOf(second));
        assertThat(producer.closedWithin()).containsExactly(Duration.ZERO);
        assertThat(failureOf(deliver(sink, Changes.batchOver(4, 1, "d")))).isSameAs(failureOf(second));
        assertThat(producer.sent()).as("nothing is sent behind a failure").hasSize(6);
        assertThat(context.metrics().counters()).containsEntry("deltaforge_sink_bytes_total", 12L);
    }

    @Test
    void shouldGiveUpWhatTheProducerNeitherDeliversNorGivesUp() {
        KafkaSink impatient = sink(Drafts.of("localhost:9092", "orders")
                .put("client_conf", "message.timeout.ms", 20)
                .put("client_conf", "request.timeout.ms", 10));
        CompletableFuture<Void> delivery = deliver(impatient, Changes.batchOver(1, 2, "a"));

        await().until(delivery::isDone);

        assertThat(failureOf(delivery).reason()).isEqualTo("BROKER_UNAVAILABLE");
        assertThat(failureOf(delivery).kind()).isEqualTo(ErrorKind.RETRIABLE);
        assertThat(producer.closedWithin()).containsExactly(Duration.ZERO);
    }

    @Test
    void shouldNotLetTheEchoOfAFailureHideItsCause() {
        CompletableFuture<Void> delivery = deliver(sink, Changes.batchOver(1, 2, "a"));
        producer.refuse(0, new TopicAuthorizationException("orders"));
        producer.refuse(1, new KafkaException("Producer is closed forcefully."));

        assertThat(failureOf(delivery).reason()).isEqualTo("AUTHORIZATION");
        assertThat(failureOf(delivery).kind()).isEqualTo(ErrorKind.FATAL);
    }

    @Test
    void shouldStopSendingWhenASendFailsOnTheSpot() {
        producer.refuseSends(new TimeoutException("no metadata"));

        CompletableFuture<Void> delivery = deliver(sink, Changes.batchOver(1, 5, "a"));

        assertThat(failureOf(delivery).reason()).isEqualTo("BROKER_UNAVAILABLE");
        assertThat(producer.attempts()).isEqualTo(1);
    }

    @Test
    void shouldFailTheBatchWhenTheProducerThrows() {
        producer.throwOnSend(new KafkaException("closed"));

        assertThat(failureOf(deliver(sink, Changes.batchOver(1, 2, "a"))).reason())
                .isEqualTo("PRODUCER_FAILED");
        assertThat(producer.closedWithin()).containsExactly(Duration.ZERO);
    }

    @Test
    void shouldPutAsideWhatIsTooLargeBeforeSendingAndDeliverItsNeighbours() {
        KafkaSink small = sink(Drafts.of("localhost:9092", "orders").put("client_conf", "max.request.size", 1_000));
        EventBatch batch = Changes.batch(
                1,
                Changes.order(1, 7, "before"),
                Changes.order(2, 8, "x".repeat(1_000)),
                Changes.order(3, 9, "behind"));

        CompletableFuture<Void> delivery = deliver(small, batch);
        producer.acknowledge(0);
        producer.acknowledge(1);

        assertThat(delivery).isCompleted();
        assertThat(values(producer.sent())).containsExactly("1#0 before", "3#0 behind");
        assertThat(context.putAside())
                .containsOnlyKeys(EventId.of(batch.events().get(1)));
        assertThat(context.putAside().values().iterator().next().kind()).isEqualTo(ErrorKind.RECORD);
        assertThat(context.putAside().values().iterator().next().reason()).isEqualTo("MESSAGE_TOO_LARGE");
    }

    @Test
    void shouldPutAsideExactlyTheEventThatTheBrokerRefusesForItsOwnSake() {
        EventBatch batch = Changes.batchOver(1, 3, "a");
        CompletableFuture<Void> delivery = deliver(sink, batch);
        producer.acknowledge(0);
        producer.refuse(1, new RecordTooLargeException("the broker says so"));
        producer.acknowledge(2);

        await().until(delivery::isDone);

        assertThat(delivery).isCompleted();
        assertThat(context.putAside())
                .containsOnlyKeys(EventId.of(batch.events().get(1)));
        assertThat(producer.closedWithin()).isEmpty();
    }

    @Test
    void shouldFailTheBatchWhenARefusedEventCannotBePutAside() {
        context.refuseDeadLetters();
        CompletableFuture<Void> delivery = deliver(sink, Changes.batchOver(1, 2, "a"));
        CompletableFuture<Void> next = deliver(sink, Changes.batchOver(2, 1, "b"));
        producer.refuse(0, new RecordTooLargeException("the broker says so"));
        producer.acknowledge(1);
        producer.acknowledge(2);

        await().until(delivery::isDone);

        assertThat(failureOf(delivery).kind()).isEqualTo(ErrorKind.FATAL);
        assertThat(failureOf(delivery)).hasMessageContaining("cannot be delivered");
        assertThat(failureOf(next)).isSameAs(failureOf(delivery));
        assertThat(producer.closedWithin()).containsExactly(Duration.ZERO);
    }

    @Test
    void shouldFailTheBatchWhenAnEventThatCanNeverBeSentCannotBePutAside() {
        context.refuseDeadLetters();
        KafkaSink small = sink(Drafts.of("localhost:9092", "orders").put("client_conf", "max.request.size", 1_000));

        CompletableFuture<Void> delivery =
                deliver(small, Changes.batch(1, Changes.order(1, 8, "x".repeat(1_000)), Changes.order(2, 9, "behind")));

        assertThat(failureOf(delivery).kind()).isEqualTo(ErrorKind.FATAL);
        assertThat(producer.sent()).as("what stands behind it").isEmpty();
    }

    @Test
    void shouldPutAsideAnEventWhoseTopicHasNoValidName() {
        KafkaSink routed = sink(Drafts.of("localhost:9092", "t-${after.note}"));
        EventBatch batch = Changes.batch(1, Changes.order(1, 1, "not valid"), Changes.order(2, 2, "missing"));

        assertThat(deliver(routed, batch)).isCompleted();

        assertThat(context.putAside().keySet())
                .containsExactlyElementsOf(
                        batch.events().stream().map(EventId::of).toList());
        assertThat(context.putAside().values())
                .extracting(DeliveryException::reason)
                .containsExactly("TOPIC_INVALID", "ROUTE");
    }

    @Test
    void shouldEndTheProducerAtOnceWhenClosedWithDeliveriesUnderWay() {
        CompletableFuture<Void> delivery = deliver(sink, Changes.batchOver(1, 2, "a"));
        producer.acknowledge(0);

        sink.close();
        sink.close();

        assertThat(producer.closedWithin()).containsExactly(Duration.ZERO);
        assertThat(failureOf(delivery).kind()).isEqualTo(ErrorKind.RETRIABLE);
        assertThat(context.metrics().counters())
                .as("being closed is no failure")
                .isEmpty();
    }

    @Test
    void shouldCloseInGoodOrderWithNothingUnderWay() {
        sink.deliver(Changes.batchOver(1, 1, "a"));
        producer.acknowledge(0);

        sink.close();

        assertThat(producer.closedWithin()).singleElement().isNotEqualTo(Duration.ZERO);
    }

    @Test
    void shouldSayWhyItCannotOpen() {
        Connector<Producer<byte[], byte[]>> refused = () -> {
            throw new DeliveryException(ErrorKind.RETRIABLE, "BROKER_UNAVAILABLE", "nobody there", null);
        };
        SettingsDraft settings = Drafts.of("localhost:9092", "orders");
        KafkaSink never = new KafkaSink(context, KafkaSinkFactory.options(settings, context), refused);

        assertThatThrownBy(never::open).isInstanceOf(DeliveryException.class).hasMessage("nobody there");
        never.close();
    }

    @Test
    void shouldKeepAnInterruptionWhileEndingTheProducer() {
        sink.deliver(Changes.batchOver(1, 1, "a"));
        Thread.currentThread().interrupt();

        sink.close();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(producer.wasInterruptedWhileClosing()).isFalse();
    }
}
