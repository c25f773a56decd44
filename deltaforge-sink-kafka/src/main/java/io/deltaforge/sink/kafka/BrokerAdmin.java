package io.deltaforge.sink.kafka;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Asks the brokers, with one client that is made for the first question and kept. Every question blocks for a bounded time,
 * and fails with a {@link DeliveryException} that says what is to be done. Used by one thread at a time.
 */
final class BrokerAdmin implements AutoCloseable {

    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    private final Supplier<Admin> connect;
    private final long limitMillis;
    private Admin client;

    /**
     * Makes it; does no I/O.
     *
     * @param connect makes the client, closed by this
     * @param limitMillis how long the client lets a question take
     */
    BrokerAdmin(Supplier<Admin> connect, long limitMillis) {
        this.connect = requireNonNull(connect, "connect is null");
        this.limitMillis = limitMillis;
    }

    /**
     * Asks, and waits for the answer.
     *
     * @param question what the client is asked
     * @param failing what to say when there is no answer
     */
    <T> T answer(Function<Admin, KafkaFuture<T>> question, String failing) {
        return await(question.apply(client()), failing);
    }

    /**
     * Asks, and does something when the answer is slow to come, which may find out why; then waits for it.
     *
     * @param question what the client is asked
     * @param failing what to say when there is no answer
     * @param slowMillis what is slow
     * @param whenSlow what to do then; what it throws ends the wait
     */
    <T> T answer(Function<Admin, KafkaFuture<T>> question, String failing, long slowMillis, Runnable whenSlow) {
        KafkaFuture<T> future = question.apply(client());
        if (!isSettledWithin(future, slowMillis, failing)) {
            whenSlow.run();
        }
        return await(future, failing);
    }

    private Admin client() {
        if (client == null) {
            client = connect.get();
        }
        return client;
    }

    private static boolean isSettledWithin(KafkaFuture<?> future, long millis, String failing) {
        try {
            future.get(millis, TimeUnit.MILLISECONDS);
            return true;
        } catch (ExecutionException e) {
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            throw interrupted(failing, e);
        }
    }

    private <T> T await(KafkaFuture<T> future, String failing) {
        try {
            // The client ends a question by itself, and says more about it.
            return future.get(2 * limitMillis, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw ErrorTable.classify(failing, e.getCause());
        } catch (TimeoutException e) {
            throw ErrorTable.classify(
                    failing,
                    new org.apache.kafka.common.errors.TimeoutException(
                            "no answer within " + 2 * limitMillis + " ms", e));
        } catch (InterruptedException e) {
            throw interrupted(failing, e);
        }
    }

    private static DeliveryException interrupted(String failing, InterruptedException error) {
        Thread.currentThread().interrupt();
        return new DeliveryException(
                ErrorKind.RETRIABLE, "INTERRUPTED", failing + ": the thread was interrupted", error);
    }

    /** Returns a topic with what this role may do to it; empty when it is not there. */
    Optional<TopicDescription> topic(String name) {
        DescribeTopicsOptions options = new DescribeTopicsOptions().includeAuthorizedOperations(true);
        try {
            return Optional.of(answer(
                    admin -> admin.describeTopics(List.of(name), options)
                            .topicNameValues()
                            .get(name),
                    "asking for topic " + name + " failed"));
        } catch (DeliveryException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Makes a topic unless another is quicker, and waits until it is seen: a broker may not have heard of it. */
    void create(NewTopic topic, String failing) {
        try {
            answer(admin -> admin.createTopics(List.of(topic)).all(), failing);
        } catch (DeliveryException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limitMillis);
        while (topic(topic.name()).isEmpty()) {
            if (System.nanoTime() - deadline > 0) {
                throw ErrorTable.classify(failing, new UnknownTopicOrPartitionException("it was made and is not seen"));
            }
            LockSupport.parkNanos(AGAIN_NANOS);
        }
    }

    /** Returns the settings of a topic or a broker. */
    Config settings(ConfigResource.Type type, String name) {
        ConfigResource resource = new ConfigResource(type, name);
        return answer(
                admin -> admin.describeConfigs(List.of(resource)).values().get(resource),
                "asking for the settings of " + type.name().toLowerCase(Locale.ROOT) + " " + name + " failed");
    }

    /** Returns a setting of a topic or a broker; empty when it is not told to this role. */
    Optional<String> setting(ConfigResource.Type type, String resource, String name) {
        try {
            return Optional.ofNullable(settings(type, resource).get(name)).map(ConfigEntry::value);
        } catch (DeliveryException e) {
            if (e.kind() != ErrorKind.FATAL) {
                throw e;
            }
            return Optional.empty();
        }
    }

    /** Returns a setting of the brokers as one of them has it; empty when it is not told to this role. */
    Optional<String> brokerSetting(String name) {
        Node any = answer(admin -> admin.describeCluster().nodes(), "asking for the brokers failed")
                .iterator()
                .next();
        return setting(ConfigResource.Type.BROKER, any.idString(), name);
    }

    /** Closes the client; an interruption must not make the wait for its thread void. Idempotent. */
    @Override
    public void close() {
        if (client == null) {
            return;
        }
        boolean interrupted = Thread.interrupted();
        try {
            client.close(CLOSE_TIMEOUT);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
