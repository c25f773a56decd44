package io.deltaforge.sink.kafka;

/** Opens sessions of transactions. */
interface TransactionConnector {

    /**
     * Fences every other producer of the sink, waits until what they had begun is decided, and reads how far they came.
     * Blocks for a bounded time.
     *
     * @return the session, owned by the caller
     * @throws io.deltaforge.api.error.DeliveryException when that is not possible
     */
    TransactionSession connect();

    /**
     * Makes what is asked about each topic before the first record goes there. Does no I/O.
     *
     * @return the gate, owned by the caller
     */
    default TopicGate topics() {
        return TopicGate.OPEN;
    }
}
