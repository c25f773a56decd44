package io.deltaforge.sink.kafka;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Connects to real brokers. Asks them first who they are, within a limit: a producer alone would say that nobody is there,
 * or that the password is wrong, only after the first records had waited for it.
 */
final class BrokerConnector implements Connector {

    private static final int MAX_ANSWER_TIMEOUT_MS = 10_000;
    /** Brokers that are there answer much sooner; what is wrong with the protocol is then said within seconds. */
    private static final int PROBE_AFTER_MS = 2_000;

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    private final String brokers;
    private final ProducerSettings settings;
    private final TopicCreation creation;

    BrokerConnector(SinkOptions options) {
        requireNonNull(options, "options is null");
        this.brokers = options.brokers();
        this.settings = options.client();
        this.creation = options.creation();
    }

    @Override
    public Producer<byte[], byte[]> connect() {
        BrokerList.resolve(brokers);
        throwOnTls();
        Map<String, Object> properties = properties();
        askWhoIsThere(properties);
        try {
            return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        } catch (RuntimeException e) {
            throw unusable(e);
        }
    }

    @Override
    public TopicGate topics() {
        return new BrokerTopics(creation, this::admin, answerLimit());
    }

    /** Returns the producer's settings, with what is read from files; a new map. */
    Map<String, Object> properties() {
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

    /** Returns how long a transaction may take, in milliseconds, for a sink that writes them. */
    long transactionTimeout() {
        return Long.parseLong(settings.properties().get("transaction.timeout.ms"));
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
        String nobody = "no broker of " + brokers + " answers";
        Admin admin = admin(properties);
        try {
            KafkaFuture<Collection<Node>> nodes = admin.describeCluster(new DescribeClusterOptions().timeoutMs(limit))
                    .nodes();
            if (!isDoneWithin(nodes, Math.min(PROBE_AFTER_MS, limit / 2))) {
                throwOnMismatch();
            }
            nodes.get(2L * limit, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw ErrorTable.classify(nobody, e.getCause());
        } catch (TimeoutException e) {
            throw ErrorTable.classify(
                    nobody,
                    new org.apache.kafka.common.errors.TimeoutException("no answer within " + 2 * limit + " ms"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DeliveryException(
                    ErrorKind.RETRIABLE, "INTERRUPTED", "interrupted while asking the brokers " + brokers, e);
        } finally {
            close(admin);
        }
    }

    private static boolean isDoneWithin(KafkaFuture<?> future, long millis)
            throws InterruptedException, ExecutionException {
        try {
            future.get(millis, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }

    /**
     * Says so when the brokers are there and speak another protocol than the configured one, for which they are silent.
     *
     * @throws DeliveryException of kind {@code FATAL} then
     */
    void throwOnMismatch() {
        throwIfAny(ProtocolProbe.mismatch(BrokerList.addresses(brokers), protocol()));
    }

    /**
     * Says so when the brokers speak TLS and the client is to speak plain text; to be called before there is a client.
     *
     * @throws DeliveryException of kind {@code FATAL} then
     */
    void throwOnTls() {
        throwIfAny(ProtocolProbe.tlsAgainst(BrokerList.addresses(brokers), protocol()));
    }

    private String protocol() {
        return settings.properties().getOrDefault("security.protocol", "PLAINTEXT");
    }

    private static void throwIfAny(Optional<DeliveryException> wrong) {
        if (wrong.isPresent()) {
            throw wrong.get();
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
