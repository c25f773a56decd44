package io.deltaforge.sandbox;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** Writes the {@code server.properties} of a broker. */
final class BrokerProperties {
    private BrokerProperties() {}

    /**
     * Writes the file.
     *
     * @param directory the broker's own
     * @param address where clients connect to, {@code host:port}
     * @param controller where its controller listens
     * @param listeners further listeners
     * @param wanted what the test wants; overrides everything except ports, directories and the place in the cluster
     * @param place the place in the cluster
     */
    static Path write(
            Path directory,
            String address,
            String controller,
            List<BrokerListener> listeners,
            Map<String, String> wanted,
            Map<String, String> place) {
        Properties all = new Properties();
        all.putAll(Map.of(
                "process.roles", "broker,controller",
                "num.partitions", "1",
                "offsets.topic.replication.factor", "1",
                "transaction.state.log.replication.factor", "1",
                "transaction.state.log.min.isr", "1",
                "share.coordinator.state.topic.replication.factor", "1",
                "share.coordinator.state.topic.min.isr", "1",
                "auto.create.topics.enable", "true",
                "group.initial.rebalance.delay.ms", "0"));
        // A killed broker is let in again after the session of its former life has ended, by default 9 s. With less
        // than this, one that gets no processor for a while is taken for dead.
        all.putAll(Map.of("broker.session.timeout.ms", "4000", "broker.heartbeat.interval.ms", "500"));
        // The defaults of 50 cost seconds at the first use of a group or a transaction.
        all.putAll(Map.of("offsets.topic.num.partitions", "4", "transaction.state.log.num.partitions", "4"));
        all.putAll(wanted);
        StringBuilder listening = new StringBuilder("PLAINTEXT://" + address + ",CONTROLLER://" + controller);
        StringBuilder advertised = new StringBuilder("PLAINTEXT://" + address);
        StringBuilder mapping = new StringBuilder("PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        for (BrokerListener listener : listeners) {
            listening.append(',').append(listener.listening());
            advertised.append(',').append(listener.name()).append("://").append(listener.advertised());
            mapping.append(',').append(listener.mapping());
        }
        all.putAll(place);
        all.putAll(Map.of(
                "log.dirs", directory.resolve("logs").toString(),
                "listeners", listening.toString(),
                "advertised.listeners", advertised.toString(),
                "listener.security.protocol.map", mapping.toString(),
                "controller.listener.names", "CONTROLLER"));
        Path file = directory.resolve("server.properties");
        try {
            Files.createDirectories(directory.resolve("tmp"));
            try (Writer out = Files.newBufferedWriter(file)) {
                all.store(out, null);
            }
            return file;
        } catch (IOException e) {
            throw new SandboxException("cannot write " + file + ": " + e.getMessage(), e);
        }
    }
}
