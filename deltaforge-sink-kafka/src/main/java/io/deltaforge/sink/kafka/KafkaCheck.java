package io.deltaforge.sink.kafka;

import io.deltaforge.api.check.CheckReport;
import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Looks at a cluster as the sink would find it, with an admin client: reads only. What the brokers do not tell this role is
 * said, and is no error: a producer needs fewer rights than a look at the settings does.
 */
final class KafkaCheck {

    private static final String TRANSACTION_VERSION = "transaction.version";
    private static final short TRANSACTION_LEVEL = 2;

    private final SinkOptions options;
    private final CheckReport report;
    private final int limitMillis;
    private final BrokerConnector connector;
    private final Admin admin;

    private KafkaCheck(SinkOptions options, CheckReport report, BrokerConnector connector, Admin admin) {
        this.options = options;
        this.report = report;
        this.limitMillis = connector.answerLimit();
        this.connector = connector;
        this.admin = admin;
    }

    /**
     * Looks, blocking for a few times the limit of one answer at most.
     *
     * @param topic the topic's name; empty when it depends on the event
     */
    static void run(SinkOptions options, Optional<String> topic, CheckReport report) throws InterruptedException {
        BrokerList.resolve(options.brokers());
        BrokerConnector connector = new BrokerConnector(options);
        connector.throwOnTls();
        Admin admin = connector.admin();
        try {
            new KafkaCheck(options, report, connector, admin).look(topic);
        } finally {
            BrokerConnector.close(admin);
        }
    }

    private void look(Optional<String> topic) throws InterruptedException {
        String nobody = "no broker of " + options.brokers() + " answers";
        Collection<Node> nodes;
        try {
            nodes = get(admin.describeCluster().nodes(), nobody);
        } catch (DeliveryException e) {
            if (e.kind() == ErrorKind.RETRIABLE) {
                connector.throwOnMismatch();
            }
            throw e;
        }
        String cluster = get(admin.describeCluster().clusterId(), nobody);
        report.ok(
                "CONNECTION",
                "cluster " + cluster + " with " + nodes.size() + (nodes.size() == 1 ? " broker" : " brokers"));
        transactionVersion();
        Optional<Config> broker =
                config(ConfigResource.Type.BROKER, nodes.iterator().next().idString());
        if (options.exactlyOnce()) {
            broker.flatMap(TransactionLimit::limit).ifPresent(this::transactionTimeout);
        }
        TopicCheck check = new TopicCheck(options, nodes.size(), broker, report);
        if (topic.isEmpty()) {
            check.templated();
            return;
        }
        Optional<TopicDescription> found = describe(topic.get());
        if (found.isEmpty()) {
            check.missing(topic.get());
        } else {
            check.present(found.get(), config(ConfigResource.Type.TOPIC, topic.get()));
        }
    }

    private void transactionVersion() throws InterruptedException {
        FinalizedVersionRange range = get(admin.describeFeatures().featureMetadata(), "asking for features failed")
                .finalizedFeatures()
                .get(TRANSACTION_VERSION);
        int level = range == null ? 0 : range.maxVersionLevel();
        if (level >= TRANSACTION_LEVEL) {
            report.ok("TRANSACTION_VERSION", TRANSACTION_VERSION + " is " + level);
        } else {
            report.warning(
                    "TRANSACTION_VERSION",
                    TRANSACTION_VERSION + " is " + level + ", expected " + TRANSACTION_LEVEL
                            + " for exactly_once: below it what a killed instance has left under way may end up in a"
                            + " later transaction",
                    "kafka-features.sh --bootstrap-server " + options.brokers() + " upgrade --feature "
                            + TRANSACTION_VERSION + "=" + TRANSACTION_LEVEL);
        }
    }

    private void transactionTimeout(long limit) {
        long timeout = connector.transactionTimeout();
        try {
            TransactionLimit.check(timeout, limit);
            report.ok(
                    "TRANSACTION_TIMEOUT",
                    "transaction.timeout.ms is " + timeout + ", " + TransactionLimit.NAME + " is " + limit);
        } catch (DeliveryException e) {
            report.error(e.reason(), e.getMessage(), e.remedy().orElse(null));
        }
    }

    private Optional<TopicDescription> describe(String topic) throws InterruptedException {
        try {
            return Optional.of(get(
                    admin.describeTopics(List.of(topic), new DescribeTopicsOptions().includeAuthorizedOperations(true))
                            .topicNameValues()
                            .get(topic),
                    "asking for topic " + topic + " failed"));
        } catch (DeliveryException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private Optional<Config> config(ConfigResource.Type type, String name) throws InterruptedException {
        ConfigResource resource = new ConfigResource(type, name);
        String what = type.name().toLowerCase(Locale.ROOT) + " " + name;
        try {
            return Optional.of(
                    get(admin.describeConfigs(List.of(resource)).values().get(resource), "asking for " + what));
        } catch (DeliveryException e) {
            report.ok("SETTINGS_UNKNOWN", "the settings of " + what + " are not told to this role: " + e.getMessage());
            return Optional.empty();
        }
    }

    private <T> T get(KafkaFuture<T> future, String failing) throws InterruptedException {
        try {
            return future.get(2L * limitMillis, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw ErrorTable.classify(failing, e.getCause());
        } catch (TimeoutException e) {
            throw ErrorTable.classify(
                    failing,
                    new org.apache.kafka.common.errors.TimeoutException("no answer within " + 2 * limitMillis + " ms"));
        }
    }
}
