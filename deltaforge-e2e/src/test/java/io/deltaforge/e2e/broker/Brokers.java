package io.deltaforge.e2e.broker;

import static org.junit.jupiter.api.Assumptions.abort;

import io.deltaforge.sandbox.KafkaBroker;
import org.testcontainers.DockerClientFactory;

/**
 * Provides brokers: by default the sandbox's, a child process from Maven artifacts that needs nothing installed; with
 * {@code -Ddeltaforge.kafka=docker} a container of the official image, through Testcontainers.
 */
public final class Brokers {

    /** The system property that chooses. */
    public static final String PROPERTY = "deltaforge.kafka";

    private Brokers() {}

    /** Starts a broker; blocks until it serves. Skips the test, with the reason, where Docker was asked for and is absent. */
    public static Broker start() {
        String provider = System.getProperty(PROPERTY, "sandbox");
        return switch (provider) {
            case "sandbox" -> sandbox();
            case "docker" -> docker();
            default ->
                throw new IllegalArgumentException(
                        PROPERTY + " is '" + provider + "' and must be 'sandbox' or 'docker'");
        };
    }

    /** Starts a broker in a container; blocks until it serves. Skips the test, with the reason, where Docker is absent. */
    public static Broker docker() {
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            return abort("no Docker here: start its daemon, or leave -D" + PROPERTY + "=docker away");
        }
        return new ContainerBroker();
    }

    private static Broker sandbox() {
        KafkaBroker broker = KafkaBroker.builder().start();
        return new Broker() {
            @Override
            public String bootstrapServers() {
                return broker.bootstrapServers();
            }

            @Override
            public void close() {
                broker.close();
            }
        };
    }
}
