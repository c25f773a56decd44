package io.deltaforge.source.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.deltaforge.api.error.SourceException;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.Column;
import io.deltaforge.api.event.EventId;
import io.deltaforge.api.event.Row;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.source.Attachment;
import io.deltaforge.api.source.EventReceiver;
import io.deltaforge.api.source.Source;
import io.deltaforge.api.source.SourceIdentity;
import io.deltaforge.testkit.context.SettingsDraft;
import io.deltaforge.testkit.context.TestSourceContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** Runs a source as the engine does, on a thread of its own, and remembers everything it hands over. */
final class SourceUnderTest implements EventReceiver, AutoCloseable {

    /** One event as text, with its id and the position behind it as a stored cursor. */
    record Seen(String text, String id, SourcePosition position, String transaction, long ordinal) {}

    private final Source source;
    private final List<Seen> events = new CopyOnWriteArrayList<>();
    private final List<SourcePosition> commits = new CopyOnWriteArrayList<>();
    private volatile SourcePosition logEnd;
    private volatile boolean room = true;
    private volatile boolean releaseCommits;
    private volatile Throwable failure;
    private Thread thread;
    private SourcePosition attached;
    private SourceIdentity identity;

    SourceUnderTest(SettingsDraft settings) {
        this(settings, new TestSourceContext("test"));
    }

    SourceUnderTest(SettingsDraft settings, TestSourceContext context) {
        source = new PostgresSourceFactory().create(settings, context);
    }

    static SourceUnderTest started(SettingsDraft settings) {
        return new SourceUnderTest(settings).open().attach(Attachment.NEW).runFromAttached();
    }

    SourceUnderTest open() {
        identity = source.open();
        return this;
    }

    SourceUnderTest attach(Attachment attachment) {
        attached = source.attach(attachment);
        return this;
    }

    SourceUnderTest runFromAttached() {
        return run(attached);
    }

    SourceUnderTest run(SourcePosition from) {
        SourcePosition stored = source.positions().parse(from.toBytes());
        thread = new Thread(
                () -> {
                    try {
                        source.run(stored, this);
                    } catch (Throwable e) {
                        failure = e;
                    }
                },
                "reader-under-test");
        thread.start();
        return this;
    }

    SourceUnderTest releasingCommits() {
        releaseCommits = true;
        return this;
    }

    void holdReleases() {
        releaseCommits = false;
    }

    void setRoom(boolean newRoom) {
        room = newRoom;
    }

    Source source() {
        return source;
    }

    SourcePosition attached() {
        return attached;
    }

    SourceIdentity identity() {
        return identity;
    }

    List<Seen> events() {
        return events;
    }

    List<String> texts() {
        return events.stream().map(Seen::text).toList();
    }

    List<SourcePosition> commits() {
        return commits;
    }

    SourcePosition logEnd() {
        return logEnd;
    }

    Throwable failure() {
        return failure;
    }

    void awaitTexts(String... expected) {
        awaiting(() -> assertThat(texts()).containsExactly(expected));
    }

    void awaitEvents(int count) {
        awaiting(() -> assertThat(events).hasSizeGreaterThanOrEqualTo(count));
    }

    void awaitCommits(int count) {
        awaiting(() -> assertThat(commits).hasSizeGreaterThanOrEqualTo(count));
    }

    SourceException awaitFailure() {
        awaiting(() -> assertThat(failure).isNotNull());
        assertThat(failure).isInstanceOf(SourceException.class);
        return (SourceException) failure;
    }

    private void awaiting(org.awaitility.core.ThrowingRunnable check) {
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(5))
                .untilAsserted(check);
    }

    @Override
    public boolean awaitRoom(long timeoutNanos) throws InterruptedException {
        if (!room && timeoutNanos > 0) {
            TimeUnit.NANOSECONDS.sleep(Math.min(timeoutNanos, 5_000_000));
        }
        return room;
    }

    @Override
    public void event(ChangeEvent event) {
        events.add(new Seen(
                text(event),
                EventId.of(event).toString(),
                event.position(),
                event.transaction().id(),
                event.ordinal()));
    }

    @Override
    public void commit(SourcePosition end) {
        commits.add(end);
        if (releaseCommits) {
            source.release(end);
        }
    }

    @Override
    public void idle(SourcePosition newLogEnd) {
        if (newLogEnd != null) {
            logEnd = newLogEnd;
        }
    }

    private static String text(ChangeEvent event) {
        StringBuilder text =
                new StringBuilder(event.operation().code()).append(' ').append(event.table());
        if (event.before() != null) {
            text.append(" -").append(text(event.before()));
        }
        if (event.after() != null) {
            text.append(" +").append(text(event.after()));
        }
        return text.toString();
    }

    private static String text(Row row) {
        List<String> values = new ArrayList<>();
        for (Column column : row.schema().columns()) {
            if (row.contains(column.index())) {
                values.add(column.name() + "=" + row.value(column.index()));
            }
        }
        return "(" + String.join(",", values) + ")";
    }

    void stop() {
        source.stop();
        join();
    }

    private void join() {
        if (thread != null) {
            try {
                thread.join(10_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            assertThat(thread.isAlive()).as("reader still runs").isFalse();
        }
    }

    @Override
    public void close() {
        source.stop();
        join();
        source.close();
    }
}
