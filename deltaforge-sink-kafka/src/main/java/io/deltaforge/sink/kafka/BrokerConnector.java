package io.deltaforge.sink.kafka;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Connects to real brokers. Asks them first who they are, within a limit: a producer alone would say that nobody is there,
 * or that the password is wrong, only after the first records had waited for it.
 */
final class BrokerConnector implements Connector {

    private static final int MAX_ANSWER_TIMEOUT_MS = 10_000;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    private final String brokers;
    private final ProducerSettings settings;

    BrokerConnector(String brokers, ProducerSettings settings) {
        this.brokers = requireNonNull(brokers, "brokers is null");
        this.settings = requireNonNull(settings, "settings is null");
    }

    @Override
    public Producer<byte[], byte[]> connect() {
        BrokerList.resolve(brokers);
        Map<String, Object> properties = properties();
        askWhoIsThere(properties);
        try {
            return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        } catch (RuntimeException e) {
            throw unusable(e);
        }
    }

    private Map<String, Object> properties() {
        Map<String, Object> properties = new HashMap<>(settings.properties());
        settings.certificate().ifPresent(file -> properties.put("ssl.keystore.certificate.chain", read(file)));
        settings.privateKey().ifPresent(file -> properties.put("ssl.keystore.key", read(file)));
        return properties;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new DeliveryException(
                    ErrorKind.FATAL,
                    "TLS",
                    "cannot read " + file + ": " + e,
                    "check ssl.certificate.location and ssl.key.location in client_conf",
                    e);
        }
    }

    /** Returns how long an answer may take, in milliseconds. */
    int answerLimit() {
        return Math.min(
                MAX_ANSWER_TIMEOUT_MS, Integer.parseInt(settings.properties().get("max.block.ms")));
    }

    /** Makes a client that asks the brokers, with the security settings of the producer; does no I/O. */
    Admin admin() {
        return admin(properties());
    }

    private Admin admin(Map<String, Object> properties) {
        int limit = answerLimit();
        Map<String, Object> asking = new HashMap<>(properties);
        asking.keySet().retainAll(AdminClientConfig.configNames());
        asking.put(AdminClientConfig.CLIENT_ID_CONFIG, properties.get(AdminClientConfig.CLIENT_ID_CONFIG) + "-check");
        asking.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, limit / 2);
        asking.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, limit);
        asking.put(AdminClientConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        try {
            return Admin.create(asking);
        } catch (RuntimeException e) {
            throw unusable(e);
        }
    }

    private void askWhoIsThere(Map<String, Object> properties) {
        int limit = answerLimit();
        Admin admin = admin(properties);
        try {
            admin.describeCluster(new DescribeClusterOptions().timeoutMs(limit))
                    .nodes()
                    .get(2L * limit, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw ErrorTable.classify("no broker of " + brokers + " answers", e.getCause());
        } catch (TimeoutException e) {
            throw ErrorTable.classify(
                    "no broker of " + brokers + " answers",
                    new org.apache.kafka.common.errors.TimeoutException("no answer within " + 2 * limit + " ms"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DeliveryException(
                    ErrorKind.RETRIABLE, "INTERRUPTED", "interrupted while asking the brokers " + brokers, e);
        } finally {
            close(admin);
        }
    }

    /** An interruption must not make the wait for the client's thread void. */
    static void close(Admin admin) {
        boolean interrupted = Thread.interrupted();
        try {
            admin.close(CLOSE_TIMEOUT);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** A client that cannot even be made has settings that do not work, such as a trust store that cannot be read. */
    private DeliveryException unusable(RuntimeException error) {
        DeliveryException known = ErrorTable.classify("the client for " + brokers + " cannot be made", error);
        return known.kind() == ErrorKind.FATAL
                ? known
                : new DeliveryException(
                        ErrorKind.FATAL, "CONFIG", known.getMessage(), "mend brokers or client_conf", error);
    }
}
