package io.deltaforge.sink.kafka;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;

/** Asks the brokers for topics, and makes those that are missing if it may. */
final class BrokerTopics implements TopicGate {

    private static final String AUTO_CREATE = "auto.create.topics.enable";

    private final TopicCreation creation;
    private final BrokerAdmin brokers;
    private Boolean madeByBrokers;

    /**
     * Makes a gate.
     *
     * @param creation what is to become of missing topics
     * @param brokers is asked; not closed by the gate
     */
    BrokerTopics(TopicCreation creation, BrokerAdmin brokers) {
        this.creation = requireNonNull(creation, "creation is null");
        this.brokers = requireNonNull(brokers, "brokers is null");
    }

    @Override
    public void pass(String topic) {
        if (brokers.topic(topic).isPresent()) {
            return;
        }
        if (creation.enabled()) {
            brokers.create(creation.topic(topic), "creating topic " + topic + " with " + creation + " failed");
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

    /** What the brokers do not tell is taken for yes: then the producer finds out. */
    private boolean isMadeByBrokers() {
        if (madeByBrokers == null) {
            madeByBrokers = brokers.brokerSetting(AUTO_CREATE)
                    .map(Boolean::parseBoolean)
                    .orElse(true);
        }
        return madeByBrokers;
    }
}
