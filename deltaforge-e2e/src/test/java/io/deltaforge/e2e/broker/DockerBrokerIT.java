package io.deltaforge.e2e.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The broker in a container: only where it is asked for, and skipped with the reason where it cannot be had. */
@Tag("smoke")
class DockerBrokerIT {

    @Test
    void shouldServeFromAContainerWhenAskedFor() throws Exception {
        assumeTrue(
                "docker".equals(System.getProperty(Brokers.PROPERTY)),
                "a Kafka in Docker is opt-in: -D" + Brokers.PROPERTY + "=docker");
        try (Broker broker = Brokers.start();
                Admin admin =
                        Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers()))) {
            assertThat(admin.describeCluster().nodes().get(30, TimeUnit.SECONDS))
                    .hasSize(1);
        }
    }
}
