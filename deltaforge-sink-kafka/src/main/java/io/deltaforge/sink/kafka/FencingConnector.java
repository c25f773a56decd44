package io.deltaforge.sink.kafka;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.sink.SinkContext;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens sessions at real brokers: fences every other producer of the sink, waits until what they had begun is decided, and
 * reads how far they came; fence first, then read, never the other way round.
 */
final class FencingConnector implements Connector<TransactionSession> {

    private static final Logger LOG = LoggerFactory.getLogger(FencingConnector.class);
    private static final String FEATURE = "transaction.version";

    /** Since this version the brokers tell a late request of a fenced producer by its epoch (KIP-890). */
    private static final int SAFE_VERSION = 2;

    private final SinkContext context;
    private final BrokerConnector brokers;
    private final long timeoutMillis;

    /**
     * Makes a connector.
     *
     * @param context names the pipeline, the sink and the log
     * @param brokers connects producers that have a transactional id
     * @param timeoutMillis how long it may take to read the position
     */
    FencingConnector(SinkContext context, BrokerConnector brokers, long timeoutMillis) {
        this.context = requireNonNull(context, "context is null");
        this.brokers = requireNonNull(brokers, "brokers is null");
        this.timeoutMillis = timeoutMillis;
    }

    @Override
    public TransactionSession connect() {
        Producer<byte[], byte[]> producer = brokers.connect();
        try {
            checkVersion();
            checkTimeout();
            PositionsTopic positions = new PositionsTopic(
                    context.pipeline(), context.sink(), TimeUnit.MILLISECONDS.toNanos(timeoutMillis));
            positions.prepare(brokers.admin());
            fence(producer);
            return new TransactionSession(producer, positions, last(positions));
        } catch (RuntimeException e) {
            producer.close(Duration.ZERO);
            throw ErrorTable.classify("opening a session of transactions failed", e);
        }
    }

    /** The brokers refuse a longer one in a way that no class of exceptions tells. */
    private void checkTimeout() {
        TransactionLimit.ofBrokers(brokers.admin())
                .ifPresent(limit -> TransactionLimit.check(brokers.transactionTimeout(), limit));
    }

    @Override
    public TopicGate topics() {
        return brokers.topics();
    }

    @Override
    public void close() {
        brokers.close();
    }

    private static void fence(Producer<byte[], byte[]> producer) {
        try {
            producer.initTransactions();
        } catch (RuntimeException e) {
            throw ErrorTable.classify("fencing the producers before this one failed", e);
        }
    }

    private PositionRecord last(PositionsTopic positions) {
        String cluster = brokers.admin()
                .answer(admin -> admin.describeCluster().clusterId(), "asking for the cluster's id failed");
        PositionRecord last;
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(consumerProperties(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            last = positions
                    .read(brokers.admin(), consumer)
                    .orElseGet(() -> PositionRecord.none(context.source(), cluster));
        }
        if (!last.source().equals(context.source())) {
            throw held(
                    "POSITION_OF_ANOTHER_SOURCE",
                    "topic " + positions.name() + " holds a position in " + last.source() + ", and this pipeline reads "
                            + context.source());
        }
        if (!last.cluster().equals(cluster)) {
            throw held(
                    "CLUSTER_CHANGED",
                    "topic " + positions.name() + " was written in the Kafka cluster " + last.cluster()
                            + ", and this is " + cluster);
        }
        return last.takenOver(cluster);
    }

    private static DeliveryException held(String reason, String message) {
        return new DeliveryException(
                ErrorKind.HELD,
                reason,
                message,
                "connect to what was written before, or give the sink another id, which starts where the log is still there",
                null);
    }

    /** Older brokers can let a late request of a fenced producer in: rare, and to be known. */
    private void checkVersion() {
        Map<String, FinalizedVersionRange> features = brokers.admin()
                .answer(admin -> admin.describeFeatures().featureMetadata(), "asking for the brokers' features failed")
                .finalizedFeatures();
        int version = features.containsKey(FEATURE) ? features.get(FEATURE).maxVersionLevel() : 0;
        context.metrics()
                .gauge(
                        "deltaforge_sink_exactly_once_degraded",
                        "1 while the brokers are too old to tell late requests of fenced producers",
                        () -> version < SAFE_VERSION ? 1 : 0);
        if (version < SAFE_VERSION) {
            LOG.warn(
                    "Pipeline {}, sink {}: exactly-once is degraded: the brokers have {} {}, and from {} on they refuse what"
                            + " a fenced producer has sent before; to do: kafka-features.sh upgrade --feature {}={}",
                    context.pipeline(),
                    context.sink(),
                    FEATURE,
                    version,
                    SAFE_VERSION,
                    FEATURE,
                    SAFE_VERSION);
        }
    }

    private Map<String, Object> consumerProperties() {
        Map<String, Object> properties = new HashMap<>(brokers.properties());
        properties.keySet().retainAll(ConsumerConfig.configNames());
        properties
                .keySet()
                .removeAll(List.of(ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG, ConsumerConfig.GROUP_ID_CONFIG));
        properties.merge(ConsumerConfig.CLIENT_ID_CONFIG, "-position", (id, suffix) -> id.toString() + suffix);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) timeoutMillis);
        properties.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) timeoutMillis / 2);
        properties.put(ConsumerConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        return properties;
    }
}
