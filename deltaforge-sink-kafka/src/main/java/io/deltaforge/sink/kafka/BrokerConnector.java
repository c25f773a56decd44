package io.deltaforge.sink.kafka;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Connects to real brokers. Asks them first who they are, within a limit: a producer alone would say that nobody is there,
 * or that the password is wrong, only after the first records had waited for it.
 */
final class BrokerConnector implements Connector<Producer<byte[], byte[]>> {

    private static final int MAX_ANSWER_TIMEOUT_MS = 10_000;
    /** Brokers that are there answer much sooner; what is wrong with the protocol is then said within seconds. */
    private static final int PROBE_AFTER_MS = 2_000;

    private final String brokers;
    private final ProducerSettings settings;
    private final TopicCreation creation;
    private final BrokerAdmin admin;

    BrokerConnector(SinkOptions options) {
        requireNonNull(options, "options is null");
        this.brokers = options.brokers();
        this.settings = options.client();
        this.creation = options.creation();
        this.admin = new BrokerAdmin(this::makeAdmin, answerLimit());
    }

    @Override
    public Producer<byte[], byte[]> connect() {
        reach();
        try {
            return new KafkaProducer<>(properties(), new ByteArraySerializer(), new ByteArraySerializer());
        } catch (RuntimeException e) {
            throw unusable(e);
        }
    }

    @Override
    public TopicGate topics() {
        return new BrokerTopics(creation, admin);
    }

    @Override
    public void close() {
        admin.close();
    }

    /** Returns what asks these brokers; closed with the connector. */
    BrokerAdmin admin() {
        return admin;
    }

    /**
     * Makes sure that a broker answers, and finds out what is wrong when none does. Blocks for a bounded time.
     *
     * @return the brokers of the cluster
     */
    Collection<Node> reach() {
        BrokerList.resolve(brokers);
        throwIfAny(ProtocolProbe.tlsAgainst(BrokerList.addresses(brokers), protocol()));
        int slow = Math.min(PROBE_AFTER_MS, answerLimit() / 2);
        return admin.answer(
                client -> client.describeCluster().nodes(),
                "no broker of " + brokers + " answers",
                slow,
                () -> throwIfAny(ProtocolProbe.mismatch(BrokerList.addresses(brokers), protocol())));
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

    /** Returns how long a transaction may take, in milliseconds, for a sink that writes them. */
    long transactionTimeout() {
        return Long.parseLong(settings.properties().get("transaction.timeout.ms"));
    }

    private int answerLimit() {
        return Math.min(
                MAX_ANSWER_TIMEOUT_MS, Integer.parseInt(settings.properties().get("max.block.ms")));
    }

    /** With the security settings of the producer. */
    private Admin makeAdmin() {
        int limit = answerLimit();
        Map<String, Object> properties = properties();
        properties.keySet().retainAll(AdminClientConfig.configNames());
        properties.merge(AdminClientConfig.CLIENT_ID_CONFIG, "-admin", (id, suffix) -> id.toString() + suffix);
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, limit / 2);
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, limit);
        properties.put(AdminClientConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        try {
            return Admin.create(properties);
        } catch (RuntimeException e) {
            throw unusable(e);
        }
    }

    private String protocol() {
        return settings.properties().getOrDefault("security.protocol", "PLAINTEXT");
    }

    private static void throwIfAny(Optional<DeliveryException> wrong) {
        if (wrong.isPresent()) {
            throw wrong.get();
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
