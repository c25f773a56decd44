package io.deltaforge.e2e.broker;

/**
 * A Kafka broker for one test. Where it comes from is a choice of whoever runs the tests: see {@link Brokers}. Tests that
 * kill a broker and start it again on its data need the sandbox's own {@code KafkaBroker}.
 */
public interface Broker extends AutoCloseable {

    /** Returns {@code host:port}, for {@code bootstrap.servers}. */
    String bootstrapServers();

    @Override
    void close();
}
