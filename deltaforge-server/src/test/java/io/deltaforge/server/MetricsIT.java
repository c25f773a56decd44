package io.deltaforge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.deltaforge.server.metrics.Samples;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is scraped is what happened. */
final class MetricsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int TRANSACTIONS = 400;
    private static final int EVENTS = TRANSACTIONS * 3;
    private static final String CONFIG = """
        deltaforge { data_dir = state, checkpoint.type = rocksdb, api.port = 0, metrics.port = 0 }
        pipelines.shop {
          source { type = counted, id = db, dsn = x, transactions = %1$d }
          sinks = [ { id = one, type = ledger, file = one.ledger }
                    { id = two, type = ledger, file = two.ledger, required = false } ]
          batch.max_events = 50
        }
        pipelines.sieve {
          source { type = counted, dsn = y, transactions = %1$d }
          processors = [ { type = filter, id = last, fields = [ { path = id, op = lte, value = 100002 } ] } ]
          sinks = [ { id = one, type = ledger, file = sieve.ledger } ]
          batch.max_events = 50
        }
        pipelines.broken {
          source { type = counted, dsn = z, transactions = %1$d }
          sinks = [ { id = one, type = ledger, file = broken.ledger, broken = true } ]
        }
        """.formatted(TRANSACTIONS);

    @TempDir
    private Path directory;

    private List<String> batches(String ledger) throws IOException {
        return Files.readAllLines(directory.resolve(ledger));
    }

    private static long events(List<String> batches) {
        return batches.stream()
                .mapToLong(batch -> batch.strip().split(" ", -1).length)
                .sum();
    }

    private static Samples scrape(ServerProcess server) throws Exception {
        return new Samples(server.get("/metrics", "*/*").body());
    }

    private static double sunk(Samples samples, String pipeline, String sink) {
        return samples.sum("deltaforge_sink_events_total", Map.of("pipeline", pipeline, "sink", sink));
    }

    @Test
    void shouldShowWhatTheLedgersHold() throws Exception {
        Instant before = Instant.now();
        try (ServerProcess server = ServerProcess.run(directory, Map.of(), CONFIG)) {
            await().atMost(PATIENCE)
                    .until(
                            () -> scrape(server),
                            now -> sunk(now, "shop", "one") == EVENTS
                                    && sunk(now, "shop", "two") == EVENTS
                                    && sunk(now, "sieve", "one") == 300
                                    && now.only("deltaforge_pipeline_status", Map.of("pipeline", "broken")) == -1);
            await().atMost(PATIENCE).until(() -> server.api("GET", "/pipelines/shop", null)
                    .body()
                    .contains("\"position\":\"" + TRANSACTIONS + "\""));
            Samples now = scrape(server);
            Map<String, String> shop = Map.of("pipeline", "shop");
            List<String> one = batches("one.ledger");
            List<String> two = batches("two.ledger");

            assertThat(now.of("deltaforge_source_events_total", shop).entrySet().stream()
                            .filter(series -> series.getValue() != 0))
                    .containsExactly(Map.entry(
                            Map.of("pipeline", "shop", "source", "db", "table", "public.orders", "op", "c"),
                            (double) EVENTS));
            assertThat(events(one)).isEqualTo(EVENTS);
            assertThat(now.only("deltaforge_batch_events_sum", shop)).isEqualTo(EVENTS);
            assertThat(now.only("deltaforge_batch_events_count", shop)).isEqualTo(one.size());
            assertThat(now.only("deltaforge_bytes_total", shop))
                    .isPositive()
                    .isEqualTo(now.only("deltaforge_batch_bytes_sum", shop));
            assertSink(now, "one", one);
            assertSink(now, "two", two);
            assertThat(now.only("deltaforge_e2e_latency_seconds_count", shop)).isEqualTo(one.size());
            assertThat(now.sum("deltaforge_stage_latency_seconds_count", Map.of("pipeline", "shop", "stage", "sink")))
                    .isEqualTo(one.size() + two.size());
            assertThat(now.only(
                            "deltaforge_stage_latency_seconds_count", Map.of("pipeline", "shop", "stage", "commit")))
                    .isEqualTo(now.only("deltaforge_checkpoints_total", shop))
                    .isBetween(1.0, (double) one.size() + two.size());
            assertThat(now.only("deltaforge_last_checkpoint_ts", shop))
                    .isBetween(before.getEpochSecond() - 1.0, Instant.now().getEpochSecond() + 1.0);
            assertThat(now.only("deltaforge_source_lag_seconds", Map.of("pipeline", "shop", "source", "db")))
                    .isZero();
            assertThat(now.only("deltaforge_source_idle_seconds", Map.of("pipeline", "shop", "source", "db")))
                    .isPositive();
            assertTheSieve(now);
            assertTheBrokenOne(now);
            assertThat(now.only("deltaforge_pipelines_total", Map.of())).isEqualTo(3);
            assertThat(now.sum("deltaforge_build_info", Map.of())).isEqualTo(1);
            assertThat(now.only("deltaforge_panics_total", Map.of())).isZero();
            checkWithPromtool(server.get("/metrics", "*/*").body());
        }
    }

    private static void assertSink(Samples now, String sink, List<String> batches) {
        Map<String, String> labels = Map.of("pipeline", "shop", "sink", sink);
        assertThat(now.only("deltaforge_sink_events_total", labels)).isEqualTo((double) events(batches));
        assertThat(now.only("deltaforge_sink_batch_total", labels)).isEqualTo(batches.size());
        assertThat(now.only("deltaforge_sink_latency_seconds_count", labels)).isEqualTo(batches.size());
        assertThat(now.only("deltaforge_sink_reconnects_total", labels)).isZero();
        assertThat(now.only("deltaforge_sink_last_checkpoint_ts", labels)).isPositive();
        assertThat(now.sum("deltaforge_sink_checkpoint_status", labels)).isEqualTo(1);
    }

    private void assertTheSieve(Samples now) throws IOException {
        Map<String, String> last = Map.of("pipeline", "sieve", "processor", "last");
        assertThat(now.only("deltaforge_processor_events_in_total", last)).isEqualTo(EVENTS);
        assertThat(now.only("deltaforge_processor_events_out_total", last))
                .isEqualTo((double) events(batches("sieve.ledger")))
                .isEqualTo(300);
        assertThat(now.only("deltaforge_filter_dropped_total", last)).isEqualTo(EVENTS - 300.0);
        assertThat(now.only("deltaforge_processor_errors_total", last)).isZero();
        assertThat(now.sum("deltaforge_stage_latency_seconds_count", Map.of("pipeline", "sieve", "stage", "process")))
                .isEqualTo(now.only("deltaforge_processor_latency_seconds_count", last));
    }

    private static void assertTheBrokenOne(Samples now) {
        assertThat(now.only(
                        "deltaforge_sink_errors_total", Map.of("pipeline", "broken", "sink", "one", "kind", "ledger")))
                .isEqualTo(1);
        assertThat(now.only(
                        "deltaforge_sink_checkpoint_status",
                        Map.of("pipeline", "broken", "sink", "one", "required", "true")))
                .isZero();
        assertThat(now.only("deltaforge_last_checkpoint_ts", Map.of("pipeline", "broken")))
                .isNaN();
        assertThat(now.sum("deltaforge_e2e_latency_seconds_count", Map.of("pipeline", "broken")))
                .isZero();
    }

    /** The names, types and help of our own families; those of the JVM come from a library. */
    private static void checkWithPromtool(String page) throws Exception {
        String own = String.join(
                        "\n",
                        page.lines()
                                .filter(Pattern.compile("deltaforge_").asPredicate())
                                .toList()) + "\n";
        Process promtool;
        try {
            promtool = new ProcessBuilder("promtool", "check", "metrics")
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            assumeThat(false)
                    .as("promtool is not installed (Debian package prometheus): " + e)
                    .isTrue();
            return;
        }
        promtool.getOutputStream().write(own.getBytes(StandardCharsets.UTF_8));
        promtool.getOutputStream().close();
        String output = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(promtool.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(output).isEmpty();
        assertThat(promtool.exitValue()).isZero();
    }
}
