package io.deltaforge.sink.kafka;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import java.util.Optional;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;

/** How long the brokers let a transaction take, and whether what is configured fits. */
final class TransactionLimit {

    /** What the brokers call it. */
    static final String NAME = "transaction.max.timeout.ms";

    private TransactionLimit() {}

    /** Asks one of the brokers; empty when it does not tell this role: then they say no later, and less clearly. */
    static Optional<Long> ofBrokers(BrokerAdmin brokers) {
        return brokers.brokerSetting(NAME).map(Long::valueOf);
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
