package io.deltaforge.e2e.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class LatenciesTest {
    private final Latencies latencies = new Latencies();

    @Test
    void shouldTellThePercentiles() {
        for (int millis = 1; millis <= 100; millis++) {
            latencies.add(millis);
        }

        assertThat(latencies.percentile(50)).isEqualTo(50);
        assertThat(latencies.percentile(99)).isEqualTo(99);
        assertThat(latencies.percentile(100)).isEqualTo(100);
        assertThat(latencies.max()).isEqualTo(100);
    }

    @Test
    void shouldCountWhatLiesBeyondTheScaleAtItsMaximum() {
        latencies.add(1);
        latencies.add(60_000);

        assertThat(latencies.percentile(50)).isEqualTo(1);
        assertThat(latencies.percentile(99)).isEqualTo(60_000);
    }

    @Test
    void shouldCountALatencyThatTwoClocksMadeNegativeAsZero() {
        latencies.add(-1);

        assertThat(latencies.percentile(50)).isZero();
    }

    @Test
    void shouldBeEmptyAfterAnotherHasTakenItsContent() {
        latencies.add(5);
        Latencies all = new Latencies();
        all.take(latencies);
        latencies.add(7);

        assertThat(all.percentile(99)).isEqualTo(5);
        assertThat(latencies.percentile(50)).isEqualTo(7);
    }
}
