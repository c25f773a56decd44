package io.deltaforge.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaforge.server.config.Explanation.Setting;
import io.deltaforge.server.config.WrittenSettings.Written;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class ExplanationTest {

    private static final Explanation EXPLANATION = new Explanation(ShippedPlugins.onClassPath());

    static Stream<Written> settings() {
        return WrittenSettings.of(ConfigReference.root(ShippedPlugins.onClassPath())).stream();
    }

    @ParameterizedTest
    @MethodSource("settings")
    void shouldExplainEverySettingUnderThePathThatFindingsName(Written setting) {
        assertThat(EXPLANATION.of(setting.path()).settings()).isNotEmpty().anySatisfy(found -> assertThat(found.doc())
                .isEqualTo(setting.field().doc()));
    }

    @ParameterizedTest
    @CsvSource({
        "sink.kafka.topic, sink.kafka.topic",
        "pipelines.shop.sinks[0].topic, pipelines.sinks.kafka.topic",
        "pipelines.shop.sinks.main.topic, pipelines.sinks.kafka.topic",
        "pipelines.<name>.sinks[].topic, pipelines.sinks.kafka.topic",
        "pipelines.batch.max_ms, pipelines.batch.max_ms",
        "pipelines.shop.batch.max_ms, pipelines.batch.max_ms",
        "processor.filter.fields.op, processor.filter.fields.op",
        "deltaforge.metrics.port, deltaforge.metrics.port",
        "source.dsn, source.postgres.dsn",
        "sink.envelope, sink.envelope",
        "sink.kafka.envelope, sink.kafka.envelope",
        "sink.envelope.debezium, sink.envelope.debezium",
        "sink.envelope.time.precision.mode, sink.envelope.debezium.time.precision.mode",
        "pipelines.shop.sinks.main.envelope.schemas.enable, pipelines.sinks.envelope.debezium.schemas.enable"
    })
    void shouldUnderstandPathsAsTheyAreWritten(String asked, String answered) {
        assertThat(EXPLANATION.of(asked).settings()).extracting(Setting::path).containsExactly(answered);
    }

    @Test
    void shouldListWhatIsInAGroup() {
        assertThat(EXPLANATION.of("pipelines.batch").settings().get(0).children())
                .containsKeys("max_events", "max_bytes", "max_ms");
        assertThat(EXPLANATION.of("sink").settings().get(0).children()).containsKeys("id", "required", "kafka");
        assertThat(EXPLANATION.of("sink.kafka").settings().get(0).children()).containsKeys("id", "brokers", "topic");
        assertThat(EXPLANATION.of("").settings().get(0).children()).containsKeys("deltaforge", "pipelines");
    }

    @Test
    void shouldTellWhatANumberMayBe() {
        Setting port = EXPLANATION.of("deltaforge.metrics.port").settings().get(0);

        assertThat(port.values()).isEqualTo("0 to 65535");
        assertThat(port.defaultValue()).contains("9000");
        assertThat(EXPLANATION.of("pipelines.batch.max_ms").settings().get(0).unit())
                .isEqualTo("milliseconds");
    }

    @ParameterizedTest
    @CsvSource({
        "sink.kafka.topik, sink.kafka.topic",
        "sink.kafak, sink.kafka",
        "pipelines.bach.max_ms, pipelines.batch",
        "deltaforge.metric, deltaforge.metrics",
        "deltaforg, deltaforge"
    })
    void shouldSuggestWhatWasMeant(String asked, String meant) {
        Explanation.Answer answer = EXPLANATION.of(asked);

        assertThat(answer.suggestion()
                        .or(() -> answer.settings().stream().map(Setting::path).findFirst()))
                .contains(meant);
    }

    @Test
    void shouldSayThatThereIsNothing() {
        assertThat(EXPLANATION.of("xyzzy.plugh").settings()).isEmpty();
        assertThat(EXPLANATION.of("xyzzy.plugh").suggestion()).isEmpty();
        assertThat(EXPLANATION.of("sink.kafka.topic.deeper").settings()).isEmpty();
    }
}
