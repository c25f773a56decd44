package io.deltaforge.sink.kafka;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Asks the brokers for topics, and makes those that are missing if it may. Connects when it is asked for the first time. */
final class BrokerTopics implements TopicGate {

    private static final String AUTO_CREATE = "auto.create.topics.enable";
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final TopicCreation creation;
    private final Supplier<Admin> connect;
    private final long limitMillis;
    private Admin admin;
    private Boolean madeByBrokers;

    /**
     * Makes a gate.
     *
     * @param creation what is to become of missing topics
     * @param connect makes a client, closed by the gate
     * @param limitMillis how long one answer may take
     */
    BrokerTopics(TopicCreation creation, Supplier<Admin> connect, long limitMillis) {
        this.creation = requireNonNull(creation, "creation is null");
        this.connect = requireNonNull(connect, "connect is null");
        this.limitMillis = limitMillis;
    }

    @Override
    public void pass(String topic) {
        if (admin == null) {
            admin = connect.get();
        }
        if (isThere(topic)) {
            return;
        }
        if (creation.enabled()) {
            create(topic);
        } else if (!isMadeByBrokers()) {
            throw new DeliveryException(
                    ErrorKind.RETRIABLE,
                    "TOPIC_MISSING",
                    "topic " + topic + " does not exist, and neither topic_creation.enabled of this sink nor "
                            + AUTO_CREATE + " of the brokers is true",
                    "create it: kafka-topics.sh --create --topic " + topic
                            + " ...; or set topic_creation.enabled = true; or set " + AUTO_CREATE
                            + " = true on the brokers",
                    null);
        }
    }

    private boolean isThere(String topic) {
        try {
            answer(admin.describeTopics(List.of(topic)).topicNameValues().get(topic));
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return false;
            }
            throw ErrorTable.classify("asking for topic " + topic + " failed", e.getCause());
        }
    }

    private void create(String topic) {
        try {
            answer(admin.createTopics(List.of(creation.topic(topic))).all());
        } catch (ExecutionException e) {
            // Another pipeline may have been quicker.
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw ErrorTable.classify("creating topic " + topic + " with " + creation + " failed", e.getCause());
            }
        }
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limitMillis);
        while (!isThere(topic)) {
            // The broker that is asked may not have heard of it.
            if (System.nanoTime() - deadline > 0) {
                throw ErrorTable.classify(
                        "topic " + topic + " was made and is not seen", new UnknownTopicOrPartitionException(topic));
            }
            LockSupport.parkNanos(AGAIN_NANOS);
        }
    }

    /** What the brokers do not tell is taken for yes: then the producer finds out. */
    private boolean isMadeByBrokers() {
        if (madeByBrokers == null) {
            try {
                Node any = answer(admin.describeCluster().nodes()).iterator().next();
                ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, any.idString());
                Config settings =
                        answer(admin.describeConfigs(List.of(broker)).values().get(broker));
                ConfigEntry entry = settings.get(AUTO_CREATE);
                madeByBrokers = entry == null || entry.value() == null || Boolean.parseBoolean(entry.value());
            } catch (ExecutionException e) {
                madeByBrokers = true;
            }
        }
        return madeByBrokers;
    }

    private <T> T answer(KafkaFuture<T> future) throws ExecutionException {
        try {
            return future.get(limitMillis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new ExecutionException(
                    new org.apache.kafka.common.errors.TimeoutException("no answer within " + limitMillis + " ms", e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DeliveryException(ErrorKind.RETRIABLE, "INTERRUPTED", "interrupted while asking for topics", e);
        }
    }

    @Override
    public void close() {
        if (admin != null) {
            BrokerConnector.close(admin);
        }
    }
}
