package io.deltaforge.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaforge.api.metrics.Counter;
import io.deltaforge.api.metrics.Histogram;
import io.deltaforge.api.metrics.MetricScope;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class MetricsTest {

    private final Metrics metrics = new Metrics();
    private final MetricScope scope = metrics.scope().with(Map.of("pipeline", "shop"));

    private String page() {
        return metrics.page(Metrics.contentType(null));
    }

    private static List<String> linesOf(String page, String family) {
        return page.lines()
                .filter(line -> line.matches("(# (HELP|TYPE) )?" + family + "(_bucket|_count|_sum)?[ {].*"))
                .toList();
    }

    @Test
    void shouldShowACounterAsACounter() {
        Counter counter = scope.with(Map.of("sink", "a")).counter("deltaforge_sink_events_total", "Events");
        scope.with(Map.of("sink", "b"))
                .counter("deltaforge_sink_events_total", "Events")
                .add(2);
        counter.add(5);
        scope.with(Map.of("sink", "a"))
                .counter("deltaforge_sink_events_total", "Events")
                .add(1);

        assertThat(linesOf(page(), "deltaforge_sink_events_total"))
                .containsExactly(
                        "# HELP deltaforge_sink_events_total Events",
                        "# TYPE deltaforge_sink_events_total counter",
                        "deltaforge_sink_events_total{pipeline=\"shop\",sink=\"a\",} 6.0",
                        "deltaforge_sink_events_total{pipeline=\"shop\",sink=\"b\",} 2.0");
    }

    @Test
    void shouldShowAHistogramWithCumulativeBuckets() {
        Histogram histogram = scope.histogram("deltaforge_batch_events", "Events per batch");
        histogram.observe(1);
        histogram.observe(3);
        histogram.observe(200_000);

        assertThat(linesOf(page(), "deltaforge_batch_events"))
                .startsWith(
                        "# HELP deltaforge_batch_events Events per batch",
                        "# TYPE deltaforge_batch_events histogram",
                        "deltaforge_batch_events_bucket{pipeline=\"shop\",le=\"1.0\",} 1.0",
                        "deltaforge_batch_events_bucket{pipeline=\"shop\",le=\"2.0\",} 1.0",
                        "deltaforge_batch_events_bucket{pipeline=\"shop\",le=\"5.0\",} 2.0")
                .endsWith(
                        "deltaforge_batch_events_bucket{pipeline=\"shop\",le=\"100000.0\",} 2.0",
                        "deltaforge_batch_events_bucket{pipeline=\"shop\",le=\"+Inf\",} 3.0",
                        "deltaforge_batch_events_count{pipeline=\"shop\",} 3.0",
                        "deltaforge_batch_events_sum{pipeline=\"shop\",} 200004.0");
    }

    @Test
    void shouldKeepDurationsToTheNanosecond() {
        Histogram histogram = scope.histogram("deltaforge_sink_latency_seconds", "Latency");
        histogram.observeNanos(1_500_000);
        histogram.observe(0.0025);

        assertThat(page())
                .contains("deltaforge_sink_latency_seconds_bucket{pipeline=\"shop\",le=\"0.001\",} 0.0")
                .contains("deltaforge_sink_latency_seconds_bucket{pipeline=\"shop\",le=\"0.0025\",} 2.0")
                .contains("deltaforge_sink_latency_seconds_sum{pipeline=\"shop\",} 0.004");
    }

    @Test
    void shouldLetASecondGaugeTakeTheFirstOnesPlace() {
        scope.gauge("deltaforge_pipeline_status", "Status", () -> 0);
        scope.gauge("deltaforge_pipeline_status", "Status", () -> 0.5);

        assertThat(linesOf(page(), "deltaforge_pipeline_status"))
                .containsExactly(
                        "# HELP deltaforge_pipeline_status Status",
                        "# TYPE deltaforge_pipeline_status gauge",
                        "deltaforge_pipeline_status{pipeline=\"shop\",} 0.5");
    }

    @Test
    void shouldEscapeWhatLabelsHold() {
        metrics.scope().with(Map.of("table", "a\"b\\c\nd")).gauge("deltaforge_x", "X", () -> 1);

        assertThat(page()).contains("deltaforge_x{table=\"a\\\"b\\\\c\\nd\",} 1.0");
    }

    @Test
    void shouldRefuseOneNameForTwoKinds() {
        scope.counter("deltaforge_x_total", "X");

        assertThatThrownBy(() -> scope.gauge("deltaforge_x_total", "X", () -> 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("deltaforge_x_total");
        assertThatThrownBy(() -> scope.counter("deltaforge_y", "Y")).hasMessageContaining("_total");
        assertThatThrownBy(() -> scope.gauge("with space", "Y", () -> 1)).hasMessageContaining("with space");
    }

    @Test
    void shouldNameNoFamilyTwiceInEitherFormat() {
        scope.counter("deltaforge_x_total", "X").add(1);
        scope.histogram("deltaforge_y_seconds", "Y").observe(1);
        scope.gauge("deltaforge_z", "Z", () -> 1);

        for (String accept : List.of("*/*", "application/openmetrics-text; version=1.0.0")) {
            String contentType = Metrics.contentType(accept);
            List<String> families = Pattern.compile("(?m)^# TYPE (\\S+) ")
                    .matcher(metrics.page(contentType))
                    .results()
                    .map(match -> match.group(1))
                    .toList();

            assertThat(families).doesNotHaveDuplicates().contains("deltaforge_z", "jvm_threads_current");
            assertThat(metrics.page(contentType).endsWith("# EOF\n")).isEqualTo(contentType.contains("openmetrics"));
        }
    }
}
