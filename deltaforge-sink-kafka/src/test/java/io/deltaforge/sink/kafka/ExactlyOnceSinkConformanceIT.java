package io.deltaforge.sink.kafka;

import static org.awaitility.Awaitility.await;

import io.deltaforge.testkit.sink.SinkCapability;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;

/** The exactly-once sink does what every sink must do, and stores its position. */
final class ExactlyOnceSinkConformanceIT extends KafkaConformance {

    @Override
    protected void reset() throws Exception {
        super.reset();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers()))) {
            admin.deleteTopics(positions(admin)).all().get(20, TimeUnit.SECONDS);
            // The controller has answered; the broker may not have heard of it.
            await().until(() -> positions(admin).isEmpty());
        }
    }

    private static List<String> positions(Admin admin) throws Exception {
        return admin.listTopics().names().get(20, TimeUnit.SECONDS).stream()
                .filter(name -> name.startsWith(PositionsTopic.PREFIX))
                .toList();
    }

    @Override
    protected Map<String, Object> settings() {
        Map<String, Object> settings = new HashMap<>(super.settings());
        settings.put("exactly_once", true);
        return settings;
    }

    @Override
    protected Map<String, Map<String, Object>> wrongSettings() {
        Map<String, Map<String, Object>> wrong = new HashMap<>(super.wrongSettings());
        wrong.put("client_conf.enable.idempotence", settingsWith("client_conf", Map.of("enable.idempotence", "false")));
        wrong.put(
                "client_conf.transaction.timeout.ms",
                settingsWith("client_conf", Map.of("transaction.timeout.ms", "2000", "delivery.timeout.ms", "3000")));
        return wrong;
    }

    @Override
    protected Set<SinkCapability> capabilities() {
        Set<SinkCapability> capabilities = EnumSet.copyOf(super.capabilities());
        capabilities.add(SinkCapability.STORES_POSITION);
        return capabilities;
    }
}
