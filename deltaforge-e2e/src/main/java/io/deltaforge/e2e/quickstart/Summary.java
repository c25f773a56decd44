package io.deltaforge.e2e.quickstart;

import io.deltaforge.e2e.quickstart.Screen.Style;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** The last words of a run: what was compared, and the result. */
final class Summary {
    private static final int SHOWN = 10;

    private Summary() {}

    static void print(Screen screen, Verdict verdict, Latencies latencies, Duration load) {
        Verdict.Counts counts = verdict.counts();
        screen.line("");
        screen.line(screen.styled(Style.BOLD, "Summary of " + load.toSeconds() + " s"));
        row(screen, "committed", "%,d changes in %,d transactions", counts.committed(), counts.transactions());
        row(screen, "rolled back", "%,d transactions, of which nothing may be seen", counts.rolledBack());
        row(screen, "in Kafka", "%,d found by identity and content", counts.found());
        row(
                screen,
                "",
                "%,d missing, %,d unknown, %,d delivered twice",
                verdict.missing().size(),
                verdict.unknown().size(),
                counts.duplicates());
        row(screen, "tables", "%,d rows left by all events together", counts.rows());
        row(
                screen,
                "latency",
                "p50 %d ms, p99 %d ms, max %d ms from commit to consumer",
                latencies.percentile(50),
                latencies.percentile(99),
                latencies.max());
        list(screen, "missing", verdict.missing(), verdict.missing().size());
        list(screen, "unknown", verdict.unknown(), verdict.unknown().size());
        list(screen, "wrong", verdict.problems(), verdict.problemCount());
        screen.line("");
        screen.line(
                verdict.holds()
                        ? screen.styled(Style.GREEN, "OK: every committed change is in Kafka, in order, as committed.")
                        : screen.styled(Style.RED, "FAILED: Kafka does not have what was committed."));
    }

    private static void row(Screen screen, String name, String format, Object... values) {
        screen.line(String.format(Locale.ROOT, "  %-13s", name) + String.format(Locale.ROOT, format, values));
    }

    private static void list(Screen screen, String name, List<String> items, long count) {
        items.stream().limit(SHOWN).forEach(item -> screen.line("  " + screen.styled(Style.RED, name) + "  " + item));
        if (count > SHOWN) {
            screen.line("  " + screen.styled(Style.RED, name) + "  and " + (count - SHOWN) + " more");
        }
    }
}
