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
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
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

    @Test
    void shouldDeliverEveryChangeInTheOrderOfItsRow() throws Exception {
        topic.create(3, Map.of());
        List<EventBatch> batches = Rows.batches(1, 40, ROWS);

        deliverAll(open(settings()), batches);

        new Rows(topic, batches).assertEachOnce();
        assertThat(context.metrics().counters()).containsOnlyKeys("deltaforge_sink_bytes_total");
        for (String name : List.of(
                "buffer_available_bytes",
                "buffer_used_bytes",
                "record_queue_time_avg_seconds",
                "request_latency_avg_seconds",
                "batch_size_avg_bytes",
                "compression_ratio",
                "requests_in_flight")) {
            assertThat(context.metrics().gauge("deltaforge_kafka_" + name))
                    .as(name)
                    .isNotNaN()
                    .isNotNegative();
        }
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
        List<EventBatch> batches = Rows.batches(1, 12, ROWS);
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

        new Rows(topic, batches).assertEachOnce();
    }

    @Test
    void shouldWaitForAFrozenBrokerWithoutAcknowledging() throws Exception {
        topic.create(3, Map.of());
        Sink sink = open(settings());
        List<EventBatch> batches = Rows.batches(1, 6, ROWS);
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

        new Rows(topic, batches).assertEachOnce();
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
