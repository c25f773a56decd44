package io.deltaforge.e2e.broker;

import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/** The official Kafka image, run by Testcontainers. */
final class ContainerBroker implements Broker {

    private static final DockerImageName IMAGE = DockerImageName.parse("apache/kafka-native:4.1.0");

    private final KafkaContainer container = new KafkaContainer(IMAGE);

    ContainerBroker() {
        container.start();
    }

    @Override
    public String bootstrapServers() {
        return container.getBootstrapServers();
    }

    @Override
    public void close() {
        container.stop();
    }
}
