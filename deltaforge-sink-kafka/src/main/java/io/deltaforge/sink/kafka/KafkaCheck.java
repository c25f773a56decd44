package io.deltaforge.sink.kafka;

import io.deltaforge.api.check.CheckReport;
import io.deltaforge.api.error.DeliveryException;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;

/**
 * Looks at a cluster as the sink would find it, with an admin client: reads only. What the brokers do not tell this role is
 * said, and is no error: a producer needs fewer rights than a look at the settings does.
 */
final class KafkaCheck {

    private static final String TRANSACTION_VERSION = "transaction.version";
    private static final short TRANSACTION_LEVEL = 2;

    private final SinkOptions options;
    private final CheckReport report;
    private final BrokerConnector connector;

    private KafkaCheck(SinkOptions options, CheckReport report, BrokerConnector connector) {
        this.options = options;
        this.report = report;
        this.connector = connector;
    }

    /**
     * Looks, blocking for a few times the limit of one answer at most.
     *
     * @param topic the topic's name; empty when it depends on the event
     */
    static void run(SinkOptions options, Optional<String> topic, CheckReport report) throws InterruptedException {
        try (BrokerConnector connector = new BrokerConnector(options)) {
            new KafkaCheck(options, report, connector).look(topic);
        } catch (DeliveryException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            throw e;
        }
    }

    private void look(Optional<String> topic) {
        Collection<Node> nodes = connector.reach();
        String cluster = connector
                .admin()
                .answer(admin -> admin.describeCluster().clusterId(), "asking for the cluster's id failed");
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
        Optional<TopicDescription> found = connector.admin().topic(topic.get());
        if (found.isEmpty()) {
            check.missing(topic.get());
        } else {
            check.present(found.get(), config(ConfigResource.Type.TOPIC, topic.get()));
        }
    }

    private void transactionVersion() {
        FinalizedVersionRange range = connector
                .admin()
                .answer(admin -> admin.describeFeatures().featureMetadata(), "asking for the brokers' features failed")
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

    private Optional<Config> config(ConfigResource.Type type, String name) {
        try {
            return Optional.of(connector.admin().settings(type, name));
        } catch (DeliveryException e) {
            String what = type.name().toLowerCase(Locale.ROOT) + " " + name;
            report.ok("SETTINGS_UNKNOWN", "the settings of " + what + " are not told to this role: " + e.getMessage());
            return Optional.empty();
        }
    }
}
