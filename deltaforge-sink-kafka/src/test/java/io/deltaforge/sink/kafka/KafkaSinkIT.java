package io.deltaforge.sink.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.event.EventId;
import io.deltaforge.api.sink.Sink;
import io.deltaforge.sandbox.KafkaBroker;
import io.deltaforge.sandbox.Sandbox;
import io.deltaforge.testkit.context.SettingsDraft;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Delivers to a real broker that does not create topics by itself, and does it harm. */
final class KafkaSinkIT {

    private static final int ROWS = 50;
    private static final int MAX_IN_FLIGHT = 4;

    private static KafkaBroker broker;

    private final StubContext context = new StubContext();
    private final List<Sink> opened = new ArrayList<>();
    private TopicLog topic;

    @BeforeAll
    static void startBroker() {
        broker = KafkaBroker.builder().autoCreateTopics(false).start();
    }

    @AfterAll
    static void closeBroker() {
        broker.close();
    }

    @BeforeEach
    void nameTopic() {
        topic = new TopicLog(broker.bootstrapServers(), Sandbox.uniqueName("changes"));
    }

    @AfterEach
    void closeSinks() {
        opened.forEach(Sink::close);
    }

    private SettingsDraft settings() {
        return Drafts.of(broker.bootstrapServers(), topic.name());
    }

    private Sink open(SettingsDraft settings) {
        Sink sink = new KafkaSinkFactory().create(settings, context);
        opened.add(sink);
        sink.open();
        return sink;
    }

    private static CompletableFuture<Void> deliver(Sink sink, EventBatch batch) {
        return sink.deliver(batch).toCompletableFuture();
    }

    private static void acknowledged(CompletableFuture<Void> delivery) throws Exception {
        delivery.get(30, TimeUnit.SECONDS);
    }

    private static DeliveryException failureOf(CompletableFuture<Void> delivery) throws Exception {
        try {
            delivery.get(30, TimeUnit.SECONDS);
            throw new AssertionError("was delivered");
        } catch (ExecutionException e) {
            return (DeliveryException) e.getCause();
        }
    }

    private static List<EventBatch> batches(int from, int to) {
        List<EventBatch> batches = new ArrayList<>();
        for (int sequence = from; sequence <= to; sequence++) {
            batches.add(Changes.batchOver(sequence, ROWS, "note " + sequence));
        }
        return batches;
    }

    private static void deliverAll(Sink sink, List<EventBatch> batches) throws Exception {
        List<CompletableFuture<Void>> underWay = new ArrayList<>();
        for (EventBatch batch : batches) {
            if (underWay.size() == MAX_IN_FLIGHT) {
                acknowledged(underWay.remove(0));
            }
            underWay.add(deliver(sink, batch));
        }
        for (CompletableFuture<Void> delivery : underWay) {
            acknowledged(delivery);
        }
    }

    private static List<UUID> idsOfRow(List<EventBatch> batches, long row) {
        return batches.stream()
                .map(batch -> EventId.of(batch.events().get((int) row)))
                .toList();
    }

    private void assertEachRowHasExactly(List<EventBatch> batches) {
        Map<String, List<TopicLog.Entry>> byKey = topic.readByKey();
        assertThat(byKey).hasSize(ROWS);
        byKey.forEach((key, entries) -> {
            assertThat(entries).extracting(TopicLog.Entry::id).isEqualTo(idsOfRow(batches, Long.parseLong(key)));
            assertThat(entries)
                    .extracting(TopicLog.Entry::value)
                    .isEqualTo(batches.stream()
                            .map(batch -> StubContext.value(batch.events().get(Integer.parseInt(key))))
                            .toList());
        });
    }

    /** After a resend each row may go back, but never skips a change. */
    private void assertEachRowOnlyRewinds(List<EventBatch> batches) {
        Map<String, List<TopicLog.Entry>> byKey = topic.readByKey();
        assertThat(byKey).hasSize(ROWS);
        byKey.forEach((key, entries) -> {
            List<UUID> wanted = idsOfRow(batches, Long.parseLong(key));
            List<UUID> found = entries.stream().map(TopicLog.Entry::id).toList();
            assertThat(new ArrayList<>(new LinkedHashSet<>(found))).isEqualTo(wanted);
            for (int i = 1; i < found.size(); i++) {
                assertThat(wanted.indexOf(found.get(i)))
                        .as("change %d of row %s in %s", i, key, found)
                        .isLessThanOrEqualTo(wanted.indexOf(found.get(i - 1)) + 1);
            }
            assertThat(found.get(found.size() - 1)).isEqualTo(wanted.get(wanted.size() - 1));
        });
    }

    @Test
    void shouldDeliverEveryChangeInTheOrderOfItsRow() throws Exception {
        topic.create(3, Map.of());
        List<EventBatch> batches = batches(1, 40);

        deliverAll(open(settings()), batches);

        assertEachRowHasExactly(batches);
        assertThat(context.metrics().counters()).containsOnlyKeys("deltaforge_sink_bytes_total");
    }

    @Test
    void shouldKeepATableWithoutAKeyInOneOfManyPartitions() throws Exception {
        topic.create(5, Map.of());
        List<ChangeEvent> events = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            events.add(Changes.change(Changes.LOG_LINES, 1, i, i, "line " + i));
        }
        acknowledged(deliver(open(settings()), Changes.batch(1, events.toArray(ChangeEvent[]::new))));

        assertThat(topic.read())
                .extracting(TopicLog.Entry::id)
                .isEqualTo(events.stream().map(EventId::of).toList());
        assertThat(topic.read())
                .extracting(TopicLog.Entry::partition)
                .containsOnly(topic.read().get(0).partition());
    }

    @Test
    void shouldOutliveAShortOutageWithoutSendingAnythingTwice() throws Exception {
        topic.create(3, Map.of());
        Sink sink = open(settings());
        List<EventBatch> batches = batches(1, 12);
        deliverAll(sink, batches.subList(0, 4));

        broker.kill();
        // On a thread of its own: a client that has noticed the outage knows no topics, and waits for the broker in
        // here.
        CompletableFuture<List<CompletableFuture<Void>>> during =
                CompletableFuture.supplyAsync(() -> batches.subList(4, 8).stream()
                        .map(batch -> deliver(sink, batch))
                        .toList());
        broker.restart();
        for (CompletableFuture<Void> delivery : during.get(30, TimeUnit.SECONDS)) {
            acknowledged(delivery);
        }
        deliverAll(sink, batches.subList(8, 12));

        assertEachRowHasExactly(batches);
    }

    @Test
    void shouldRewindAndKeepOrderAfterAnOutageLongerThanTheDeliveryTimeout() throws Exception {
        topic.create(3, Map.of());
        List<EventBatch> batches = batches(1, 12);
        Sink first = open(settings().put("client_conf", "message.timeout.ms", 1_500));
        deliverAll(first, batches.subList(0, 4));

        broker.kill();
        List<CompletableFuture<Void>> during = new ArrayList<>();
        for (EventBatch batch : batches.subList(4, 8)) {
            during.add(deliver(first, batch));
        }
        for (CompletableFuture<Void> delivery : during) {
            assertThat(failureOf(delivery).kind()).isEqualTo(ErrorKind.RETRIABLE);
            assertThat(failureOf(delivery).reason()).isEqualTo("BROKER_UNAVAILABLE");
        }
        first.close();
        broker.restart();
        deliverAll(open(settings()), batches.subList(4, 12));

        assertEachRowOnlyRewinds(batches);
    }

    @Test
    void shouldWaitForAFrozenBrokerWithoutAcknowledging() throws Exception {
        topic.create(3, Map.of());
        Sink sink = open(settings());
        List<EventBatch> batches = batches(1, 6);
        deliverAll(sink, batches.subList(0, 2));

        broker.pause();
        CompletableFuture<Void> delivery = deliver(sink, batches.get(2));
        try {
            assertThatThrownBy(() -> delivery.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        } finally {
            broker.resume();
        }
        acknowledged(delivery);
        deliverAll(sink, batches.subList(3, 6));

        assertEachRowHasExactly(batches);
    }

    @Test
    void shouldSayThatTheTopicIsMissingAndDeliverOnceItIsThere() throws Exception {
        List<EventBatch> batches = batches(1, 2);
        Sink first = open(settings().set("send_timeout_secs", 1));

        DeliveryException failure = failureOf(deliver(first, batches.get(0)));

        assertThat(failure.kind()).isEqualTo(ErrorKind.RETRIABLE);
        assertThat(failure.reason()).isEqualTo("TOPIC_MISSING");
        assertThat(failure).hasMessageContaining(topic.name());
        first.close();
        topic.create(1, Map.of());
        deliverAll(open(settings()), batches);
        assertEachRowHasExactly(batches);
    }

    @Test
    void shouldPutAsideWhatTheBrokerFindsTooLargeAndDeliverItsNeighbours() throws Exception {
        topic.create(1, Map.of("max.message.bytes", "5000"));
        // Small batches, since the broker judges a batch by its compressed size, and text compresses well.
        Sink sink =
                open(settings().put("client_conf", "compression.type", "none").put("client_conf", "batch.size", 2_000));
        List<ChangeEvent> events = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            events.add(Changes.change(Changes.ORDERS, 1, i, i % 3, i == 9 ? "x".repeat(10_000) : "good"));
        }

        acknowledged(deliver(sink, Changes.batch(1, events.toArray(ChangeEvent[]::new))));
        acknowledged(deliver(sink, Changes.batch(2, Changes.order(2, 1, "behind"))));

        assertThat(context.putAside()).containsOnlyKeys(EventId.of(events.get(9)));
        assertThat(context.putAside().values()).singleElement().satisfies(reason -> {
            assertThat(reason.kind()).isEqualTo(ErrorKind.RECORD);
            assertThat(reason.reason()).isEqualTo("MESSAGE_TOO_LARGE");
        });
        events.remove(9);
        events.add(Changes.order(2, 1, "behind"));
        assertThat(topic.read())
                .extracting(TopicLog.Entry::id)
                .isEqualTo(events.stream().map(EventId::of).toList());
    }

    @Test
    void shouldSayWithinALimitThatNobodyAnswersAtOpen() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        SettingsDraft nobody = settings().set("brokers", "127.0.0.1:" + port).set("send_timeout_secs", 1);

        assertThatThrownBy(() -> open(nobody)).isInstanceOfSatisfying(DeliveryException.class, failure -> {
            assertThat(failure.kind()).isEqualTo(ErrorKind.RETRIABLE);
            assertThat(failure.reason()).isEqualTo("BROKER_UNAVAILABLE");
            assertThat(failure).hasMessageContaining("127.0.0.1:" + port);
            assertThat(failure.remedy()).isPresent();
        });
    }

    @Test
    void shouldTakeAnUnknownHostForAnOutageAndBrokenSettingsForAFault() {
        SettingsDraft unknown = settings().set("brokers", "no-such-host.invalid:9092");
        SettingsDraft unreadable = settings()
                .put("client_conf", "security.protocol", "ssl")
                .put("client_conf", "ssl.truststore.location", "/no/such/file")
                .put("client_conf", "ssl.truststore.password", "hunter2");

        assertThatThrownBy(() -> open(unknown)).isInstanceOfSatisfying(DeliveryException.class, failure -> {
            assertThat(failure.kind()).isEqualTo(ErrorKind.RETRIABLE);
            assertThat(failure.reason()).isEqualTo("BROKER_UNRESOLVED");
        });
        assertThatThrownBy(() -> open(unreadable)).isInstanceOfSatisfying(DeliveryException.class, failure -> {
            assertThat(failure.kind()).isEqualTo(ErrorKind.FATAL);
            assertThat(failure.getMessage()).contains("/no/such/file").doesNotContain("hunter2");
        });
    }
}
