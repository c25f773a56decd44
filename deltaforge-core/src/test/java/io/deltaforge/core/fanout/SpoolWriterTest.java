package io.deltaforge.core.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.core.spool.SpoolLimits;
import io.deltaforge.core.spool.SpoolLog;
import io.deltaforge.core.spool.SpoolReader;
import io.deltaforge.core.support.Log;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The spool's writer where its disk, or whoever hears of it, fails. */
final class SpoolWriterTest {

    /** More than a segment has room for. */
    private static final int LARGE = 1_200_000;

    @TempDir
    private Path parent;

    private final Window window = new Window(1_000, new MemoryBudget(1L << 30));
    private final List<DeltaForgeException> failures = new CopyOnWriteArrayList<>();
    private final Told told = new Told();
    private final CountDownLatch goOn = new CountDownLatch(1);
    private SpoolWriter writer;
    private SpoolLog log;

    /** Does what a test has it do, on the writer's thread. */
    private final class Told implements SpoolWriter.Listener {
        private volatile Runnable written = () -> {};
        private volatile Runnable synced = () -> {};
        private volatile Runnable full = () -> {};

        @Override
        public void written() {
            written.run();
        }

        @Override
        public void synced(Set<String> sinks, SourcePosition end) {
            synced.run();
        }

        @Override
        public boolean makeRoom(DeltaForgeException reason) {
            full.run();
            return true;
        }

        @Override
        public void storage(DeltaForgeException failure) {
            if (failure != null) {
                failures.add(failure);
            }
        }
    }

    private Path directory() {
        return parent.resolve("spool");
    }

    /** There is something else in the directory's place, so that no file can be made in it. */
    private void block() {
        try {
            Files.move(directory(), parent.resolve("away"));
            Files.createFile(directory());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void unblock() throws IOException {
        Files.delete(directory());
        Files.move(parent.resolve("away"), directory());
    }

    private SpoolLog open(InstantSource clock) {
        return SpoolLog.open(new SpoolLog.Place(directory(), "test", "db"), new Log.Order(), clock, 1L << 20);
    }

    private void write(SpoolLog to, long maxBytes) {
        log = to;
        SpoolLimits limits = new SpoolLimits(maxBytes, 0, 0, SpoolLimits.OnFull.DETACH);
        writer = new SpoolWriter("test", new SpoolSpec(log, limits, true), new Log.Order(), told);
    }

    @AfterEach
    void close() {
        goOn.countDown();
        writer.close();
    }

    private SharedBatch shared(long number, EventBatch batch) {
        return new SharedBatch(batch, Log.end(number - 1), window, BatchObserver.NONE, 1, 1);
    }

    private SharedBatch shared(long number) {
        return shared(number, "note");
    }

    private SharedBatch shared(long number, String note) {
        ChangeEvent event = Log.insert(new Log.Tx(number), 0, note);
        return shared(number, new EventBatch(number, List.of(event), Log.end(number)));
    }

    private static EventBatch batch(long number, Log.Tx tx, int from, int to, SourcePosition end, String note) {
        List<ChangeEvent> events =
                IntStream.range(from, to).mapToObj(i -> Log.insert(tx, i, note)).toList();
        return new EventBatch(number, events, end);
    }

    private List<String> stored() {
        List<String> names = new ArrayList<>();
        SpoolReader reader = log.readerFrom(0);
        for (EventBatch batch = reader.next(); batch != null; batch = reader.next()) {
            batch.events().forEach(event -> names.add(Log.name(event)));
        }
        reader.close();
        return names;
    }

    private void awaitWritten(long number) {
        await().until(() -> writer.queue().written() == number);
    }

    @Test
    void shouldPutInFrontOnlyWhatNobodyElseIsAboutToPutThere() throws InterruptedException {
        write(open(InstantSource.system()), 1L << 30);
        CountDownLatch busy = new CountDownLatch(1);
        writer.queue().begin("a", 7, Log.end(6), List.of(shared(7)));
        writer.start();
        awaitWritten(7);
        told.written = () -> {
            busy.countDown();
            awaitToGoOn();
        };
        writer.queue().give(shared(8));
        busy.await();
        told.written = () -> {};
        writer.queue().serve("b", List.of(shared(5), shared(6)));
        assertThat(writer.queue().first()).isEqualTo(5);
        writer.queue().serve("c", List.of(shared(3), shared(4)));
        goOn.countDown();

        await().until(() -> writer.queue().serves("c"));
        awaitWritten(8);
        assertThat(stored()).containsExactly("tx3#0", "tx4#0", "tx5#0", "tx6#0", "tx7#0", "tx8#0");
        assertThat(failures).isEmpty();
        await().until(() -> window.retainedEvents() == 0);
    }

    private void awaitToGoOn() {
        try {
            goOn.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void shouldGoOnWithWhatIsPutInFrontWhereTheDiskFailed() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        // Asked for the name of the spool, then when the first batch is written.
        InstantSource clock = () -> {
            if (asked.incrementAndGet() == 2) {
                block();
            }
            return Instant.ofEpochSecond(1_000);
        };
        write(open(clock), 1L << 30);
        writer.queue().begin("a", 7, Log.end(6), List.of(shared(7)));
        writer.queue().serve("b", List.of(shared(5, Notes.ofSize(LARGE, 5)), shared(6)));
        writer.start();
        await().until(() -> !failures.isEmpty());
        unblock();

        awaitWritten(7);
        assertThat(stored()).containsExactly("tx5#0", "tx6#0", "tx7#0");
        assertThat(log.start()).contains(Log.end(4));
        assertThat(failures).extracting(DeltaForgeException::reason).containsOnly("SPOOL_STORAGE");
        await().until(() -> window.retainedEvents() == 0);
    }

    @Test
    void shouldLeaveOutWhatTheSpoolHasAfterAFailureToo() throws IOException {
        Log.Tx tx = new Log.Tx(1);
        try (SpoolLog earlier = open(InstantSource.system())) {
            earlier.append(batch(1, tx, 0, 2, Log.at(1, 1), Notes.ofSize(LARGE, 1)), Log.end(0));
        }
        write(open(InstantSource.system()), 1L << 30);
        block();
        writer.start();
        writer.queue().serve("a", List.of());
        writer.queue().give(shared(2, batch(2, tx, 0, 4, Log.end(1), "note")));
        await().until(() -> !failures.isEmpty());
        unblock();

        awaitWritten(2);
        assertThat(stored()).containsExactly("tx1#0", "tx1#1", "tx1#2", "tx1#3");
    }

    @Test
    void shouldHandOutNothingAndKeepNothingOnceItHasFailedForGood() {
        write(open(InstantSource.system()), 1L << 30);
        writer.queue().begin("a", 1, Log.end(0), List.of(shared(1)));
        told.synced = () -> {
            throw new IllegalStateException("broken");
        };
        writer.start();
        await().until(() -> failures.stream().anyMatch(failure -> failure.kind() == ErrorKind.FATAL));
        await().until(() -> writer.queue().rest("a", 1, 100) == null);
        writer.queue().give(shared(2));
        writer.queue().serve("b", List.of(shared(3)));

        assertThat(writer.queue().rest("a", 1, 100))
                .as("what was given before is missing")
                .isNull();
        assertThat(window.retainedEvents()).isZero();
    }

    @Test
    void shouldTryAgainWhenRoomCouldNotBeMade() {
        write(open(InstantSource.system()), 1);
        AtomicInteger asked = new AtomicInteger();
        told.full = () -> {
            if (asked.incrementAndGet() == 1) {
                throw new CheckpointException(ErrorKind.RETRIABLE, "STORAGE", "no answer", null);
            }
            writer.clear().forEach(Runnable::run);
        };
        writer.queue().begin("a", 1, Log.end(0), List.of(shared(1), shared(2)));
        writer.start();

        await().until(() -> asked.get() > 1);
        assertThat(failures).extracting(DeltaForgeException::reason).containsExactly("STORAGE");
    }

    @Test
    void shouldGiveBackWhatWasToBePutInFrontWhenEverythingIsCleared() {
        write(open(InstantSource.system()), 1L << 30);
        writer.queue().begin("a", 7, Log.end(6), List.of(shared(7)));
        writer.queue().serve("b", List.of(shared(5), shared(6)));
        writer.clear();

        assertThat(window.retainedEvents()).isZero();
    }
}
