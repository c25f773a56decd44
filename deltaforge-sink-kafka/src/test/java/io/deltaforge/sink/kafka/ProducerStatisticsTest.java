package io.deltaforge.sink.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaforge.testkit.context.TestMetrics;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

final class ProducerStatisticsTest {

    private final TestMetrics metrics = new TestMetrics();
    private final ProducerStatistics statistics = new ProducerStatistics(metrics);

    /** A producer that says what the test wants it to. */
    private static final class TalkingProducer extends MockProducer<byte[], byte[]> {
        private final Map<String, Double> said = new HashMap<>();

        private TalkingProducer() {
            super(true, null, new ByteArraySerializer(), new ByteArraySerializer());
        }

        TalkingProducer says(String name, double value) {
            said.put(name, value);
            return this;
        }

        @Override
        public Map<MetricName, Metric> metrics() {
            Map<MetricName, Metric> all = new HashMap<>();
            said.keySet().forEach(name -> {
                for (String group : new String[] {"producer-metrics", "producer-node-metrics"}) {
                    MetricName full = new MetricName(name, group, "", Map.of());
                    all.put(full, new Metric() {
                        @Override
                        public MetricName metricName() {
                            return full;
                        }

                        @Override
                        public Object metricValue() {
                            return group.equals("producer-metrics") ? said.get(name) : -1.0;
                        }
                    });
                }
            });
            return all;
        }
    }

    @Test
    void shouldShowNoTimeBelowNone() {
        statistics.watch(new TalkingProducer().says("record-queue-time-avg", -0.2));

        assertThat(metrics.gauge("deltaforge_kafka_record_queue_time_avg_seconds"))
                .isZero();
    }

    @Test
    void shouldShowWhatTheProducerSaysInBytesAndSeconds() {
        statistics.watch(new TalkingProducer()
                .says("buffer-total-bytes", 1_000)
                .says("buffer-available-bytes", 400)
                .says("record-queue-time-avg", 250)
                .says("request-latency-avg", 5)
                .says("batch-size-avg", 7_000)
                .says("compression-rate-avg", 0.25)
                .says("requests-in-flight", 3));

        assertThat(metrics.gauge("deltaforge_kafka_buffer_available_bytes")).isEqualTo(400);
        assertThat(metrics.gauge("deltaforge_kafka_buffer_used_bytes")).isEqualTo(600);
        assertThat(metrics.gauge("deltaforge_kafka_record_queue_time_avg_seconds"))
                .isEqualTo(0.25);
        assertThat(metrics.gauge("deltaforge_kafka_request_latency_avg_seconds"))
                .isEqualTo(0.005);
        assertThat(metrics.gauge("deltaforge_kafka_batch_size_avg_bytes")).isEqualTo(7_000);
        assertThat(metrics.gauge("deltaforge_kafka_compression_ratio")).isEqualTo(0.25);
        assertThat(metrics.gauge("deltaforge_kafka_requests_in_flight")).isEqualTo(3);
    }

    @Test
    void shouldCountOnOverProducers() {
        TalkingProducer first =
                new TalkingProducer().says("record-retry-total", 5).says("record-error-total", 0);
        statistics.watch(first);
        statistics.settle();
        first.says("record-retry-total", 8).says("record-error-total", 2);
        statistics.release();
        statistics.watch(new TalkingProducer().says("record-retry-total", 4).says("record-error-total", 0));
        statistics.settle();
        statistics.settle();

        assertThat(metrics.counters())
                .isEqualTo(Map.of(
                        "deltaforge_kafka_record_retries_total", 12L, "deltaforge_kafka_record_errors_total", 2L));
    }

    @Test
    void shouldShowNothingWithoutAProducer() {
        assertThat(metrics.gauge("deltaforge_kafka_buffer_used_bytes")).isNaN();
        statistics.watch(new TalkingProducer().says("batch-size-avg", 7_000));
        statistics.release();

        assertThat(metrics.gauge("deltaforge_kafka_batch_size_avg_bytes"))
                .as("a producer that is gone is let go of")
                .isNaN();
        assertThat(metrics.counters()).isEmpty();
    }
}
