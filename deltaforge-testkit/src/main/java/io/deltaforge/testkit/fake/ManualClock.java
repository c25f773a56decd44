package io.deltaforge.testkit.fake;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.LongSupplier;

/**
 * Time that passes only when a test says so: what waits for it happens on the thread that advances it, in order. Stands in
 * for {@link System#nanoTime}. Thread-safe.
 */
public final class ManualClock implements LongSupplier {

    private final PriorityQueue<Appointment> appointments = new PriorityQueue<>();
    private long nanos;
    private long numbered;

    private record Appointment(long nanos, long number, Runnable action) implements Comparable<Appointment> {
        @Override
        public int compareTo(Appointment other) {
            int byTime = Long.compare(nanos, other.nanos);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }

    /** Makes a clock that stands at zero. */
    public ManualClock() {}

    /** Returns how far the clock has come, in nanoseconds. */
    @Override
    public synchronized long getAsLong() {
        return nanos;
    }

    /**
     * Does something once so much time has passed.
     *
     * @param delay from now
     * @param action run by whoever advances the clock that far
     */
    public synchronized void after(Duration delay, Runnable action) {
        appointments.add(
                new Appointment(nanos + delay.toNanos(), numbered++, requireNonNull(action, "action is null")));
    }

    /**
     * Lets time pass, and runs what is due by then.
     *
     * @param time how much; not negative
     */
    public void advance(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("time does not go back: " + time);
        }
        List<Runnable> due = new ArrayList<>();
        synchronized (this) {
            nanos += time.toNanos();
            while (!appointments.isEmpty() && appointments.peek().nanos <= nanos) {
                due.add(appointments.remove().action);
            }
        }
        due.forEach(Runnable::run);
    }

    /**
     * Returns how much waits for its time.
     *
     * @return the number of actions that are not due yet
     */
    public synchronized int waiting() {
        return appointments.size();
    }
}
