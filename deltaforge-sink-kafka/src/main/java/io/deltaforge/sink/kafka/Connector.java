package io.deltaforge.sink.kafka;

/**
 * Connects a sink to its brokers. Used by the sink's thread alone.
 *
 * @param <T> what the sink writes with
 */
interface Connector<T> extends AutoCloseable {

    /**
     * Makes sure that a broker answers, and makes what the sink writes with. Blocks for a bounded time.
     *
     * @return what the sink writes with, owned by the caller
     * @throws io.deltaforge.api.error.DeliveryException when no broker answers, or they refuse
     */
    T connect();

    /** Returns what is asked about each topic before the first record goes there. Does no I/O. */
    default TopicGate topics() {
        return TopicGate.OPEN;
    }

    /** Gives back what it and its gate hold. Idempotent. */
    @Override
    default void close() {}
}
