package io.deltaforge.sink.kafka;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;

/** How long the brokers let a transaction take, and whether what is configured fits. */
final class TransactionLimit {

    /** What the brokers call it. */
    static final String NAME = "transaction.max.timeout.ms";

    private TransactionLimit() {}

    /** Waits for what the brokers answer; throws what stands in the way, classified. */
    interface Answers {
        <T> T of(KafkaFuture<T> future);
    }

    /** Asks one of the brokers; empty when it does not tell this role. */
    static Optional<Long> ofBrokers(Answers answers, Admin admin) {
        Node any = answers.of(admin.describeCluster().nodes()).iterator().next();
        ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, any.idString());
        try {
            return limit(
                    answers.of(admin.describeConfigs(List.of(broker)).values().get(broker)));
        } catch (DeliveryException e) {
            if (e.kind() != ErrorKind.FATAL) {
                throw e;
            }
            // Without the right to see the settings, the brokers say no later, and less clearly.
            return Optional.empty();
        }
    }

    /** Returns what a broker says; empty when it does not tell this role. */
    static Optional<Long> limit(Config settings) {
        return Optional.ofNullable(settings.get(NAME)).map(ConfigEntry::value).map(Long::valueOf);
    }

    /**
     * Refuses a timeout that the brokers would.
     *
     * @throws DeliveryException of kind {@code FATAL} when it is too long
     */
    static void check(long timeoutMillis, long limitMillis) {
        if (timeoutMillis > limitMillis) {
            throw new DeliveryException(
                    ErrorKind.FATAL,
                    "TRANSACTION_TIMEOUT",
                    "client_conf.transaction.timeout.ms is " + timeoutMillis + ", and the brokers allow " + NAME + " = "
                            + limitMillis + " at most",
                    "lower transaction.timeout.ms in client_conf (and message.timeout.ms with it, of which it is twice"
                            + " as long by default), or raise " + NAME + " on the brokers; then resume the pipeline",
                    null);
        }
    }
}
