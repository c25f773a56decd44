package io.deltaforge.sink.kafka;

/**
 * Is asked about each topic before the first event goes there, so that a topic that is missing is made, or named at once,
 * instead of being waited for. Used by one thread.
 */
interface TopicGate {

    /** Lets every topic pass. */
    TopicGate OPEN = topic -> {};

    /**
     * Lets a topic pass once it is there, or once the brokers will make it. Blocks for a bounded time.
     *
     * @param topic a valid name
     * @throws io.deltaforge.api.error.DeliveryException when it is not there and will not be
     */
    void pass(String topic);
}
