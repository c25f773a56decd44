package io.deltaforge.sink.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaforge.api.config.EffectiveSetting;
import io.deltaforge.api.config.EffectiveSetting.Origin;
import io.deltaforge.testkit.context.SettingsDraft;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.junit.jupiter.api.Test;

final class ExplainTest {

    private static Map<String, EffectiveSetting> explained(SettingsDraft settings) {
        List<EffectiveSetting> all = new KafkaSinkFactory().explain(settings, new StubContext());
        return all.stream().collect(Collectors.toMap(EffectiveSetting::name, Function.identity()));
    }

    private static SettingsDraft sink() {
        return Drafts.of("localhost:9092", "changes");
    }

    @Test
    void shouldSayWhereEachValueComesFrom() {
        Map<String, EffectiveSetting> settings = explained(sink().set("send_timeout_secs", 7)
                .put("client_conf", "message.timeout.ms", 20_000)
                .put("client_conf", "compression.type", "zstd"));

        assertThat(settings.values())
                .contains(
                        new EffectiveSetting("compression.type", "zstd", Origin.USER, ""),
                        new EffectiveSetting("delivery.timeout.ms", "20000", Origin.TRANSLATED, "message.timeout.ms"),
                        new EffectiveSetting("request.timeout.ms", "9999", Origin.DERIVED, "message.timeout.ms"),
                        new EffectiveSetting("max.block.ms", "7000", Origin.DERIVED, "send_timeout_secs"),
                        new EffectiveSetting("bootstrap.servers", "localhost:9092", Origin.DERIVED, "brokers"),
                        new EffectiveSetting("linger.ms", "1", Origin.DELTAFORGE, ""),
                        new EffectiveSetting("metadata.max.age.ms", "300000", Origin.CLIENT, ""));
    }

    @Test
    void shouldSayWhatADefaultYieldsTo() {
        assertThat(explained(sink().put("client_conf", "request.required.acks", 1))
                        .values())
                .contains(
                        new EffectiveSetting("acks", "1", Origin.TRANSLATED, "request.required.acks"),
                        new EffectiveSetting("enable.idempotence", "false", Origin.DERIVED, "request.required.acks"),
                        new EffectiveSetting(
                                "max.in.flight.requests.per.connection", "1", Origin.DERIVED, "request.required.acks"));
        assertThat(explained(sink().put("client_conf", "buffer.memory", 100_000))
                        .get("batch.size"))
                .isEqualTo(new EffectiveSetting("batch.size", "100000", Origin.DERIVED, "buffer.memory"));
        assertThat(explained(sink().put("client_conf", "batch.size", 100_000_000))
                        .get("buffer.memory"))
                .isEqualTo(new EffectiveSetting("buffer.memory", "100000000", Origin.DERIVED, "batch.size"));
        assertThat(explained(sink().put("client_conf", "socket.timeout.ms", 60_000))
                        .get("delivery.timeout.ms"))
                .isEqualTo(new EffectiveSetting("delivery.timeout.ms", "60001", Origin.DERIVED, "socket.timeout.ms"));
        assertThat(explained(sink().set("exactly_once", true).put("client_conf", "message.timeout.ms", 90_000))
                        .get("transaction.timeout.ms"))
                .isEqualTo(
                        new EffectiveSetting("transaction.timeout.ms", "180000", Origin.DERIVED, "message.timeout.ms"));
    }

    @Test
    void shouldShowNoSecret() {
        Map<String, EffectiveSetting> settings = explained(sink().put("client_conf", "security.protocol", "sasl_ssl")
                .put("client_conf", "sasl.mechanisms", "PLAIN")
                .put("client_conf", "sasl.username", "shop")
                .put("client_conf", "sasl.password", "hunter2")
                .put("client_conf", "ssl.key.password", "hunter3")
                .put("client_conf", "ssl.ca.pem", "-----BEGIN hunter4"));

        assertThat(settings.values().toString()).doesNotContain("hunter");
        assertThat(settings.get("sasl.jaas.config"))
                .isEqualTo(new EffectiveSetting("sasl.jaas.config", "***", Origin.TRANSLATED, "sasl.password"));
    }

    @Test
    void shouldLeaveOutNothingThatTheClientKnows() {
        List<String> known = ProducerConfig.configDef().configKeys().entrySet().stream()
                .filter(entry -> !entry.getValue().internalConfig)
                .map(Map.Entry::getKey)
                .filter(name -> !name.endsWith(".serializer") && !name.equals("transactional.id"))
                .toList();
        assertThat(explained(sink()).keySet()).containsExactlyInAnyOrderElementsOf(known);
        assertThat(explained(sink().set("exactly_once", true))
                        .get("transactional.id")
                        .value())
                .isEqualTo("deltaforge-shop-kafka");
    }
}
