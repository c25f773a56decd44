package io.deltaforge.bench.drain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.deltaforge.bench.drain.DrainReport.Spread;
import java.util.List;
import org.junit.jupiter.api.Test;

class DrainReportTest {

    private static Run reference(double seconds) {
        return new Run(Side.REFERENCE, 1_000_000, seconds, 5, null);
    }

    private static Run ours(double seconds) {
        return new Run(Side.DELTAFORGE, 1_000_000, seconds, 5, new Run.Own(1, 8, 4, 2, 400_000_000, 600_000_000));
    }

    @Test
    void shouldTakeTheMedianOfEachSideAndItsEnds() {
        List<Run> runs = List.of(reference(8), ours(20), reference(30), ours(10), reference(9));
        assertThat(Spread.of(runs, Side.REFERENCE, Run::seconds)).isEqualTo(new Spread(9, 8, 30));
        assertThat(Spread.of(runs, Side.DELTAFORGE, Run::seconds)).isEqualTo(new Spread(15, 10, 20));
        assertThat(new Spread(9, 8, 30).text("%.1f")).isEqualTo("9.0 (8.0 to 30.0)");
    }

    @Test
    void shouldDeriveItsFiguresFromWhatWasMeasured() {
        Run run = ours(20);
        assertThat(run.eventsPerSecond()).isEqualTo(50_000);
        assertThat(run.megabytesPerSecond()).isEqualTo(30);
        assertThat(run.cpuSecondsPerMillion()).isEqualTo(8);
        assertThat(run.peakRssMegabytes()).isEqualTo(400);
        assertThat(reference(20).ownFigures()).isEmpty();
    }

    @Test
    void shouldReadTheFiguresOfThisProcess() throws Exception {
        long pid = ProcessHandle.current().pid();
        double reported =
                ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
        assertThat(ProcFigures.cpuSeconds(pid)).isCloseTo(reported, within(1.0));
        assertThat(ProcFigures.peakRssBytes(pid))
                .isGreaterThan(Runtime.getRuntime().totalMemory() / 10)
                .isLessThan(8L << 30);
        assertThat(ProcFigures.machine()).contains(" x ").contains("GB memory");
    }
}
