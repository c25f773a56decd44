package io.deltaforge.e2e.quickstart;

import static java.util.Objects.requireNonNull;

import io.deltaforge.e2e.quickstart.Screen.Style;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * The live view: as many events as an eye can follow, and every two seconds a line with the rate of all, how many of them
 * were shown, and their latency. Not thread-safe.
 */
final class Tail {
    private static final double EVENTS_PER_SECOND = 5;
    private static final double BURST = 10;
    private static final Duration STATUS_EVERY = Duration.ofSeconds(2);

    private final Screen screen;
    private final Ledger ledger;
    private final Latencies recent = new Latencies();
    private final Latencies all = new Latencies();
    private final long started = System.nanoTime();
    private double allowance = BURST;
    private long allowanceAt = started;
    private long statusAt = started;
    private long events;
    private long shown;

    Tail(Screen screen, Ledger ledger) {
        this.screen = requireNonNull(screen, "screen is null");
        this.ledger = requireNonNull(ledger, "ledger is null");
    }

    /** Shows what has come, which may be nothing. */
    void show(List<SeenEvent> arrived) {
        long now = System.nanoTime();
        Instant received = Instant.now();
        allowance = Math.min(BURST, allowance + EVENTS_PER_SECOND * (now - allowanceAt) / 1e9);
        allowanceAt = now;
        for (SeenEvent event : arrived) {
            events++;
            recent.add(event.latencyMillis());
            if (allowance >= 1) {
                allowance--;
                shown++;
                screen.line(EventLine.of(event, received, screen));
            }
        }
        if (now - statusAt >= STATUS_EVERY.toNanos()) {
            status(now);
        }
    }

    /** Returns the latencies of all events. */
    Latencies latencies() {
        all.take(recent);
        return all;
    }

    private void status(long now) {
        double rate = events * 1e9 / (now - statusAt);
        long seconds = Duration.ofNanos(now - started).toSeconds();
        String text = String.format(
                Locale.ROOT,
                "%02d:%02d  %,.0f events/s (%d shown)  p50 %d ms  p99 %d ms  in Kafka %,d of %,d",
                seconds / 60,
                seconds % 60,
                rate,
                shown,
                recent.percentile(50),
                recent.percentile(99),
                ledger.foundChanges(),
                ledger.committedChanges());
        screen.line(screen.styled(Style.CYAN, text));
        all.take(recent);
        statusAt = now;
        events = 0;
        shown = 0;
    }
}
