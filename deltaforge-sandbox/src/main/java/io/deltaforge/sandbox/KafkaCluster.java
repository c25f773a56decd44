package io.deltaforge.sandbox;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.Uuid;

/**
 * Several brokers that belong together, each broker and controller in one and in a JVM of its own with a small heap. Topics
 * and internal topics are replicated to all of them, and a write needs all but one: any single broker may be killed, paused
 * or restarted, and the rest goes on.
 *
 * <p>Life cycle: {@link #start(int)}, what its {@link #brokers()} can do, {@link #close()}. Thread-safe.
 */
public final class KafkaCluster implements AutoCloseable {
    private static final int START_ATTEMPTS = 3;
    private static final int ANSWER_TIMEOUT_SECONDS = 10;

    private final List<KafkaBroker> brokers;

    private KafkaCluster(List<KafkaBroker> brokers) {
        this.brokers = List.copyOf(brokers);
    }

    /**
     * Starts brokers, all at once; blocks until each serves requests.
     *
     * @param count how many, at least three for one to be spared
     * @throws SandboxException if they do not start; the message ends with the log of one of them
     */
    public static KafkaCluster start(int count) {
        for (int attempt = 1; ; attempt++) {
            try {
                return new KafkaCluster(startAll(count));
            } catch (SandboxException e) {
                // The controllers' ports are fixed before anybody listens, so that somebody may have been quicker.
                if (attempt == START_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private static List<KafkaBroker> startAll(int count) {
        List<Integer> controllers =
                IntStream.range(0, count).map(i -> Ports.free()).boxed().toList();
        String voters = IntStream.range(0, count)
                .mapToObj(i -> (i + 1) + "@127.0.0.1:" + controllers.get(i))
                .collect(Collectors.joining(","));
        String clusterId = Uuid.randomUuid().toString();
        List<CompletableFuture<KafkaBroker>> starting = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            KafkaBroker.Membership place = new KafkaBroker.Membership(i + 1, clusterId, controllers.get(i), voters);
            CompletableFuture<KafkaBroker> started = new CompletableFuture<>();
            Thread thread = new Thread(() -> start(place, count, started), "kafka-cluster-" + place.nodeId());
            thread.setDaemon(true);
            thread.start();
            starting.add(started);
        }
        return await(starting);
    }

    private static void start(KafkaBroker.Membership place, int count, CompletableFuture<KafkaBroker> started) {
        String replicas = Integer.toString(count);
        String needed = Integer.toString(Math.max(1, count - 1));
        try {
            KafkaBroker.Builder builder = KafkaBroker.builder().member(place).jvmOption("-Xmx256m");
            List.of(
                            "default.replication.factor",
                            "offsets.topic.replication.factor",
                            "transaction.state.log.replication.factor",
                            "share.coordinator.state.topic.replication.factor")
                    .forEach(name -> builder.property(name, replicas));
            List.of("min.insync.replicas", "transaction.state.log.min.isr", "share.coordinator.state.topic.min.isr")
                    .forEach(name -> builder.property(name, needed));
            started.complete(builder.property("replica.lag.time.max.ms", "3000").start());
        } catch (RuntimeException e) {
            started.completeExceptionally(e);
        }
    }

    private static List<KafkaBroker> await(List<CompletableFuture<KafkaBroker>> starting) {
        List<KafkaBroker> started = new ArrayList<>();
        RuntimeException failure = null;
        for (CompletableFuture<KafkaBroker> each : starting) {
            try {
                started.add(each.join());
            } catch (CompletionException e) {
                failure = e.getCause() instanceof RuntimeException cause ? cause : e;
            }
        }
        if (failure != null) {
            started.forEach(KafkaBroker::close);
            throw failure;
        }
        return started;
    }

    /** Returns {@code host:port} of all brokers, for a client's {@code bootstrap.servers}. */
    public String bootstrapServers() {
        return brokers.stream().map(KafkaBroker::bootstrapServers).collect(Collectors.joining(","));
    }

    /** Returns the brokers, by number. */
    public List<KafkaBroker> brokers() {
        return brokers;
    }

    /**
     * Asks who leads a partition of a topic.
     *
     * @param topic the topic
     * @param partition the partition's number
     * @return the broker
     * @throws SandboxException if nobody says so in time, or nobody leads it
     */
    public KafkaBroker leader(String topic, int partition) {
        Node leader = describe(topic).partitions().get(partition).leader();
        return brokers.stream()
                .filter(broker -> leader != null && broker.nodeId() == leader.id())
                .findFirst()
                .orElseThrow(() -> new SandboxException("nobody leads partition " + partition + " of " + topic));
    }

    /** Returns how many replicas of a partition are in sync. */
    public int inSync(String topic, int partition) {
        return describe(topic).partitions().get(partition).isr().size();
    }

    private TopicDescription describe(String topic) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
            return admin.describeTopics(List.of(topic))
                    .topicNameValues()
                    .get(topic)
                    .get(ANSWER_TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new SandboxException("cannot ask for topic " + topic + ": " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException("interrupted while asking for topic " + topic, e);
        }
    }

    /** Ends all brokers and deletes their data. Idempotent. */
    @Override
    public void close() {
        brokers.forEach(KafkaBroker::close);
    }
}
