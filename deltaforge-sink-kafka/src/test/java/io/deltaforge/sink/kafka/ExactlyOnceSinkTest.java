package io.deltaforge.sink.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.event.EventId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ExactlyOnceSinkTest {

    private static final byte[] BEFORE = "before".getBytes(StandardCharsets.UTF_8);

    private final StubContext context = new StubContext();
    private final TransactionLog log = new TransactionLog();
    private final PositionRecord last =
            PositionRecord.none("source", "cluster").next(BEFORE, "before").takenOver("cluster");
    private final ExactlyOnceSink sink = new ExactlyOnceSink(
            context,
            KafkaSinkFactory.options(Drafts.of("localhost:9092", "${source.table}"), context),
            () -> new TransactionSession(
                    log, new PositionsTopic(context.pipeline(), context.sink(), TimeUnit.SECONDS.toNanos(1)), last));

    @BeforeEach
    void open() {
        sink.open();
    }

    @AfterEach
    void close() {
        sink.close();
    }

    private CompletableFuture<Void> deliver(EventBatch batch) {
        return sink.deliver(batch).toCompletableFuture();
    }

    private static void awaitDone(CompletableFuture<Void> delivery) {
        await().until(delivery::isDone);
    }

    private static DeliveryException failureOf(CompletableFuture<Void> delivery) {
        awaitDone(delivery);
        assertThat(delivery).isCompletedExceptionally();
        return (DeliveryException) delivery.handle(
                        (done, error) -> error instanceof CompletionException wrapped ? wrapped.getCause() : error)
                .join();
    }

    @Test
    void shouldTellHowFarTheProducerBeforeCame() {
        assertThat(sink.committedPosition()).hasValue(BEFORE);
    }

    @Test
    void shouldCommitEventsAndTheirPositionTogetherAndOnlyThenAcknowledge() {
        CountDownLatch gate = log.closeGate();
        EventBatch batch = Changes.batchOver(1, 3, "a");
        CompletableFuture<Void> delivery = deliver(batch);
        await().until(() -> log.begun() == 1);
        assertThat(delivery).isNotDone();

        gate.countDown();
        awaitDone(delivery);

        assertThat(delivery).isCompleted();
        assertThat(log.committed()).singleElement().satisfies(transaction -> {
            assertThat(Transactions.events(transaction)).containsExactly("1#0 a", "1#1 a", "1#2 a");
            PositionRecord position = Transactions.position(transaction);
            assertThat(position.position()).isEqualTo(batch.end().toBytes());
            assertThat(position.previous()).isEqualTo(BEFORE);
            assertThat(position.sequence()).isEqualTo(last.sequence() + 1);
            assertThat(position.generation()).isEqualTo(last.generation());
        });
        assertThat(context.metrics().counters())
                .containsEntry("deltaforge_sink_txn_commits_total", 1L)
                .containsEntry("deltaforge_sink_bytes_total", 18L);
    }

    @Test
    void shouldWriteATombstoneBehindADeleteInTheSameTransaction() {
        CompletableFuture<Void> delivery = deliver(Changes.batch(
                1, Changes.delete(Changes.ORDERS, 1, 0, 7), Changes.change(Changes.ORDERS, 1, 1, 7, "new")));
        awaitDone(delivery);

        assertThat(delivery).isCompleted();
        assertThat(log.committed()).singleElement().satisfies(transaction -> assertThat(
                        Transactions.events(transaction))
                .containsExactly("1#0 gone", "nothing for 7", "1#1 new"));
    }

    @Test
    void shouldHoldADeleteBackWithItsTombstoneWhenOneOfThemIsRefused() {
        log.refuse("nothing for 7", new RecordTooLargeException("too large"));
        EventBatch batch = Changes.batch(
                1,
                Changes.change(Changes.ORDERS, 1, 0, 6, "before"),
                Changes.delete(Changes.ORDERS, 1, 1, 7),
                Changes.change(Changes.ORDERS, 1, 2, 8, "behind"));
        CompletableFuture<Void> delivery = deliver(batch);
        awaitDone(delivery);

        assertThat(delivery).isCompleted();
        assertThat(log.committed()).singleElement().satisfies(transaction -> assertThat(
                        Transactions.events(transaction))
                .containsExactly("1#0 before", "1#2 behind"));
        assertThat(context.putAside().keySet())
                .containsExactly(EventId.of(batch.events().get(1)));
        assertThat(context.metrics().counters()).containsEntry("deltaforge_sink_bytes_total", 22L);
    }

    @Test
    void shouldLetBatchesThatAreReadyShareATransaction() {
        CountDownLatch gate = log.closeGate();
        CompletableFuture<Void> first = deliver(Changes.batchOver(1, 1, "a"));
        await().until(() -> log.begun() == 1);
        CompletableFuture<Void> second = deliver(Changes.batchOver(2, 1, "b"));
        CompletableFuture<Void> third = deliver(Changes.batchOver(3, 1, "c"));
        EventBatch end = Changes.batchOver(4, 1, "d");
        CompletableFuture<Void> fourth = deliver(end);

        gate.countDown();
        awaitDone(fourth);

        assertThat(List.of(first, second, third))
                .allSatisfy(done -> assertThat(done).isCompleted());
        assertThat(log.committed()).hasSize(2);
        assertThat(Transactions.events(log.committed().get(1))).containsExactly("2#0 b", "3#0 c", "4#0 d");
        PositionRecord position = Transactions.position(log.committed().get(1));
        assertThat(position.position()).isEqualTo(end.end().toBytes());
        assertThat(position.previous())
                .isEqualTo(Transactions.position(log.committed().get(0)).position());
    }

    @Test
    void shouldEndATransactionAtFiftyThousandEvents() {
        CountDownLatch gate = log.closeGate();
        CompletableFuture<Void> first = deliver(Changes.batchOver(1, 1, "a"));
        await().until(() -> log.begun() == 1);
        CompletableFuture<Void> second = deliver(Changes.batchOver(2, 30_000, "b"));
        CompletableFuture<Void> third = deliver(Changes.batchOver(3, 30_000, "c"));

        gate.countDown();
        awaitDone(third);

        assertThat(List.of(first, second)).allSatisfy(done -> assertThat(done).isCompleted());
        assertThat(log.committed()).extracting(List::size).containsExactly(2, 30_001, 30_001);
    }

    @Test
    void shouldMoveThePositionWithABatchThatHasNoEvents() {
        EventBatch empty = Changes.batch(5);
        awaitDone(deliver(empty));

        assertThat(log.committed()).singleElement().satisfies(transaction -> {
            assertThat(Transactions.events(transaction)).isEmpty();
            assertThat(Transactions.position(transaction).position())
                    .isEqualTo(empty.end().toBytes());
        });
    }

    @Test
    void shouldSendNothingAgainWhenTheOutcomeIsUnknown() {
        log.failCommits(new TimeoutException("no answer to the commit"));
        log.failAborts(new TimeoutException("no answer to the abort"));

        CompletableFuture<Void> delivery = deliver(Changes.batchOver(1, 2, "a"));

        assertThat(failureOf(delivery).kind()).isEqualTo(ErrorKind.RETRIABLE);
        assertThat(failureOf(delivery).reason()).isEqualTo("BROKER_UNAVAILABLE");
        assertThat(log.begun()).isEqualTo(1);
        assertThat(log.closedWithin()).contains(Duration.ZERO);
        assertThat(failureOf(deliver(Changes.batchOver(2, 1, "b")))).isSameAs(failureOf(delivery));
        assertThat(log.begun()).as("nothing is begun behind a failure").isEqualTo(1);
    }

    @Test
    void shouldNotEvenAbortWhenAnotherProducerHasTakenOver() {
        log.failCommits(new ProducerFencedException("there is a newer producer"));

        DeliveryException failure = failureOf(deliver(Changes.batchOver(1, 1, "a")));

        assertThat(failure.reason()).isEqualTo("FENCED");
        assertThat(log.aborted()).isZero();
        assertThat(log.committed()).isEmpty();
    }

    @Test
    void shouldCommitTheRestWhenTheBrokersRefuseAnEventForItsOwnSake() {
        log.refuse("1#1 a", new RecordTooLargeException("larger than max.message.bytes"));
        EventBatch batch = Changes.batchOver(1, 3, "a");

        awaitDone(deliver(batch));

        assertThat(context.putAside())
                .containsOnlyKeys(EventId.of(batch.events().get(1)));
        assertThat(log.committed()).singleElement().satisfies(transaction -> {
            assertThat(Transactions.events(transaction)).containsExactly("1#0 a", "1#2 a");
            assertThat(Transactions.position(transaction).position())
                    .isEqualTo(batch.end().toBytes());
        });
        assertThat(log.aborted()).isEqualTo(1);
        assertThat(context.metrics().counters())
                .containsEntry("deltaforge_sink_txn_aborts_total", 1L)
                .containsEntry("deltaforge_sink_bytes_total", 12L);
    }

    @Test
    void shouldCommitNothingPastAnEventThatNobodyKeeps() {
        context.refuseDeadLetters();
        log.refuse("1#1 a", new RecordTooLargeException("larger than max.message.bytes"));

        assertThat(failureOf(deliver(Changes.batchOver(1, 3, "a"))).kind()).isEqualTo(ErrorKind.FATAL);
        assertThat(log.committed()).isEmpty();
    }

    @Test
    void shouldBeginNothingWithAnEventThatCanNeverBeSentAndThatNobodyKeeps() {
        context.refuseDeadLetters();

        assertThatThrownBy(() -> deliver(Changes.batch(1, Changes.order(1, 8, "x".repeat(2_000_000)))))
                .isInstanceOfSatisfying(
                        DeliveryException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.FATAL));
        assertThat(log.begun()).isZero();
    }

    @Test
    void shouldPutAsideBeforeTheTransactionWhatCanNeverBeSent() {
        EventBatch batch = Changes.batch(
                1, Changes.order(1, 7, "a"), Changes.order(1, 8, "x".repeat(2_000_000)), Changes.order(1, 9, "c"));

        awaitDone(deliver(batch));

        assertThat(context.putAside()).hasSize(1);
        assertThat(log.begun()).isEqualTo(1);
        assertThat(log.aborted()).isZero();
        assertThat(Transactions.events(log.committed().get(0))).containsExactly("1#0 a", "1#0 c");
    }

    @Test
    void shouldFailWithWhatTheBrokersSayWhenAWholeTransactionIsRefused() {
        log.refuse("1#0 a", new TopicAuthorizationException("orders"));

        DeliveryException failure = failureOf(deliver(Changes.batchOver(1, 2, "a")));

        assertThat(failure.reason()).isEqualTo("AUTHORIZATION");
        assertThat(log.committed()).isEmpty();
        assertThat(context.putAside()).isEmpty();
    }

    @Test
    void shouldFailWhatIsNotCommittedWhenItIsClosed() {
        log.closeGate();
        CompletableFuture<Void> first = deliver(Changes.batchOver(1, 1, "a"));
        await().until(() -> log.begun() == 1);
        CompletableFuture<Void> second = deliver(Changes.batchOver(2, 1, "b"));

        sink.close();

        assertThat(failureOf(first).kind()).isEqualTo(ErrorKind.RETRIABLE);
        assertThat(failureOf(second).kind()).isEqualTo(ErrorKind.RETRIABLE);
        assertThat(log.committed()).isEmpty();
    }
}
