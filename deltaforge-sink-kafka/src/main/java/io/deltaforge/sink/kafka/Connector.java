package io.deltaforge.sink.kafka;

import org.apache.kafka.clients.producer.Producer;

/** Makes producers that are connected. */
interface Connector {

    /**
     * Makes a producer after having made sure that a broker answers. Blocks for a bounded time.
     *
     * @return the producer, owned by the caller
     * @throws io.deltaforge.api.error.DeliveryException when no broker answers, or they refuse
     */
    Producer<byte[], byte[]> connect();

    /**
     * Makes what is asked about each topic before the first record goes there. Does no I/O.
     *
     * @return the gate, owned by the caller
     */
    default TopicGate topics() {
        return TopicGate.OPEN;
    }
}
