package io.deltaforge.testkit.source;

import io.deltaforge.api.encode.EventEncoder;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.EventId;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.source.EventReceiver;
import io.deltaforge.core.envelope.Envelope;
import io.deltaforge.core.envelope.EnvelopeEncoders;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/** Takes down all that a source hands over, and gives room as it is told. Safe from any thread. */
final class Recording implements EventReceiver {

    /** One event and the position taken from it while it was the latest. */
    record Taken(ChangeEvent event, SourcePosition position) {

        /** Everything that must be the same after every replay; encoded late, so that overwritten rows show. */
        String text(EventEncoder encoder) {
            return EventId.of(event) + " " + position + " " + new String(encoder.value(event), StandardCharsets.UTF_8);
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Taken> events = new ArrayList<>();
    private final List<SourcePosition> ends = new ArrayList<>();
    private final List<Integer> eventsAtEnd = new ArrayList<>();
    private final List<String> complaints = new ArrayList<>();
    private SourcePosition logEnd;
    private int eventsSinceCommit;
    private int questions;
    private boolean refusing;
    private boolean answeredNo;

    @Override
    public boolean awaitRoom(long timeoutNanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            questions++;
            changed.signalAll();
            long left = timeoutNanos;
            while (refusing && left > 0) {
                left = changed.awaitNanos(left);
            }
            answeredNo = refusing;
            return !refusing;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void event(ChangeEvent event) {
        lock.lock();
        try {
            if (answeredNo) {
                complaints.add("handed over " + event + " although there was no room");
            }
            events.add(new Taken(event, event.position()));
            eventsSinceCommit++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void commit(SourcePosition end) {
        lock.lock();
        try {
            if (eventsSinceCommit > 0) {
                ends.add(end);
                eventsAtEnd.add(events.size());
            }
            eventsSinceCommit = 0;
            logEnd = end;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void idle(SourcePosition news) {
        lock.lock();
        try {
            if (news != null) {
                logEnd = news;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void refuse() {
        set(true);
    }

    void giveRoom() {
        set(false);
    }

    private void set(boolean refuse) {
        lock.lock();
        try {
            refusing = refuse;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a condition on what was recorded; the condition is asked under the lock. */
    boolean await(Predicate<Recording> condition, long timeoutNanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = timeoutNanos;
            while (!condition.test(this)) {
                if (left <= 0) {
                    return false;
                }
                // Also looks again by itself: a condition may depend on more than what is recorded here.
                left -= Math.max(
                        1,
                        TimeUnit.MILLISECONDS.toNanos(20)
                                - changed.awaitNanos(Math.min(left, TimeUnit.MILLISECONDS.toNanos(20))));
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    List<Taken> events() {
        lock.lock();
        try {
            return List.copyOf(events);
        } finally {
            lock.unlock();
        }
    }

    List<SourcePosition> ends() {
        lock.lock();
        try {
            return List.copyOf(ends);
        } finally {
            lock.unlock();
        }
    }

    /** How many events came before an end. */
    int eventsUpTo(int end) {
        lock.lock();
        try {
            return eventsAtEnd.get(end);
        } finally {
            lock.unlock();
        }
    }

    /** The first end that comes behind an event. */
    int firstEndBehind(int event) {
        lock.lock();
        try {
            int end = 0;
            while (end < eventsAtEnd.size() && eventsAtEnd.get(end) <= event) {
                end++;
            }
            return end;
        } finally {
            lock.unlock();
        }
    }

    /** All positions in log order, beginning with the one that was started from. */
    List<SourcePosition> chain(SourcePosition start) {
        lock.lock();
        try {
            List<SourcePosition> chain = new ArrayList<>();
            chain.add(start);
            int end = 0;
            for (int i = 0; i < events.size(); i++) {
                chain.add(events.get(i).position());
                if (end < ends.size() && eventsAtEnd.get(end) == i + 1) {
                    chain.add(ends.get(end++));
                }
            }
            return chain;
        } finally {
            lock.unlock();
        }
    }

    /** The last position heard of, from a commit or as news. */
    SourcePosition logEnd() {
        lock.lock();
        try {
            return logEnd;
        } finally {
            lock.unlock();
        }
    }

    int questions() {
        lock.lock();
        try {
            return questions;
        } finally {
            lock.unlock();
        }
    }

    List<String> complaints() {
        lock.lock();
        try {
            return List.copyOf(complaints);
        } finally {
            lock.unlock();
        }
    }

    boolean isBetweenTransactions() {
        lock.lock();
        try {
            return eventsSinceCommit == 0;
        } finally {
            lock.unlock();
        }
    }

    List<String> texts() {
        EventEncoder encoder = EnvelopeEncoders.create(Envelope.NATIVE, "conformance");
        return events().stream().map(taken -> taken.text(encoder)).toList();
    }
}
