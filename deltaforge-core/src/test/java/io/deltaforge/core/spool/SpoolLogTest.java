package io.deltaforge.core.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.core.support.Log;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolLogTest {

    private static final long SEGMENT = 2_000;
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochSecond(1_000));

    @TempDir
    private Path directory;

    private SpoolLog open() {
        return open("shop", "db-1");
    }

    private SpoolLog open(String pipeline, String source) {
        return SpoolLog.openWith(new SpoolLog.Place(directory, pipeline, source), new Log.Order(), CLOCK, SEGMENT);
    }

    private static EventBatch batch(long number) {
        Log.Tx tx = new Log.Tx(number);
        List<ChangeEvent> events = IntStream.range(0, (int) (number % 5))
                .mapToObj(i -> Log.insert(tx, i, "note " + number + " " + "x".repeat(i * 40)))
                .toList();
        return new EventBatch(number, events, Log.end(number));
    }

    private static void append(SpoolLog log, long from, long to) throws IOException {
        for (long i = from; i <= to; i++) {
            log.append(batch(i), Log.end(from - 1));
        }
    }

    private static List<Long> read(SpoolReader reader) {
        List<Long> numbers = new ArrayList<>();
        for (EventBatch batch = reader.next(); batch != null; batch = reader.next()) {
            EventBatch expected = batch(batch.sequence());
            assertThat(batch.end()).isEqualTo(expected.end());
            assertThat(describe(batch)).isEqualTo(describe(expected));
            numbers.add(batch.sequence());
        }
        return numbers;
    }

    private static List<String> describe(EventBatch batch) {
        return batch.events().stream()
                .map(event -> Log.name(event) + " " + event.position() + " "
                        + event.table().qualifiedName())
                .toList();
    }

    private static List<Long> range(long from, long to) {
        return Stream.iterate(from, i -> i <= to, i -> i + 1).toList();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    @Test
    void shouldGiveBackWhatWasAppendedOverManySegments() throws IOException {
        try (SpoolLog log = open()) {
            append(log, 10, 80);
            assertThat(files()).hasSizeGreaterThan(3);
            assertThat(read(log.readerFrom(0))).isEqualTo(range(10, 80));
            assertThat(read(log.readerFrom(43))).isEqualTo(range(43, 80));
            assertThat(log.start()).contains(Log.end(9));
            assertThat(log.end()).contains(Log.end(80));
        }
    }

    @Test
    void shouldGiveBackTheSameAfterBeingClosed() throws IOException {
        try (SpoolLog log = open()) {
            append(log, 10, 80);
            log.sync();
        }
        try (SpoolLog log = open()) {
            assertThat(log.firstSequence()).isEqualTo(10);
            assertThat(log.lastSequence()).isEqualTo(80);
            assertThat(log.start()).contains(Log.end(9));
            append(log, 81, 90);
            assertThat(read(log.readerFrom(0))).isEqualTo(range(10, 90));
        }
    }

    @Test
    void shouldReadWhatIsAppendedMeanwhile() throws IOException {
        try (SpoolLog log = open()) {
            SpoolReader reader = log.readerFrom(1);
            assertThat(reader.next()).isNull();
            for (long i = 1; i < 60; i++) {
                log.append(batch(i), Log.end(0));
                assertThat(reader.next().sequence()).isEqualTo(i);
                assertThat(reader.next()).isNull();
                assertThat(reader.passed()).isEqualTo(i);
            }
        }
    }

    @Test
    void shouldBeginWithTheBatchThatACursorIsInsideOf() throws IOException {
        try (SpoolLog log = open()) {
            append(log, 10, 80);
            for (long cursor = 9; cursor <= 80; cursor++) {
                assertThat(read(log.readerBehind(Log.end(cursor)))).isEqualTo(range(cursor + 1, 80));
                assertThat(read(log.readerBehind(Log.at(cursor, 1)))).isEqualTo(range(Math.max(10, cursor), 80));
            }
        }
    }

    @Test
    void shouldTakeOutWholeSegmentsThatNobodyNeeds() throws IOException {
        try (SpoolLog log = open()) {
            append(log, 1, 80);
            int before = files().size();
            log.takeUpTo(40).forEach(Runnable::run);
            assertThat(files()).hasSizeLessThan(before);
            assertThat(read(log.readerFrom(41))).isEqualTo(range(41, 80));
            assertThat(log.firstSequence()).isBetween(2L, 41L);
            log.takeUpTo(1_000).forEach(Runnable::run);
            assertThat(log.lastSequence()).isEqualTo(80);
        }
    }

    @Test
    void shouldPutBatchesInFront() throws IOException {
        try (SpoolLog log = open()) {
            append(log, 20, 40);
            log.prepend(range(12, 19).stream().map(SpoolLogTest::batch).toList(), Log.end(11));
            log.sync();
            assertThat(log.start()).contains(Log.end(11));
            assertThat(read(log.readerBehind(Log.end(11)))).isEqualTo(range(12, 40));
        }
        try (SpoolLog log = open()) {
            assertThat(read(log.readerBehind(Log.end(14)))).isEqualTo(range(15, 40));
        }
    }

    @Test
    void shouldPutBatchesInFrontOfOneThatCouldNotBeWritten() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        InstantSource breaking = () -> {
            if (asked.incrementAndGet() == 2) {
                throw new IllegalStateException("broken");
            }
            return Instant.ofEpochSecond(1_000);
        };
        SpoolLog.Place place = new SpoolLog.Place(directory, "shop", "db-1");
        try (SpoolLog log = SpoolLog.openWith(place, new Log.Order(), breaking, SEGMENT)) {
            assertThatThrownBy(() -> append(log, 20, 20)).hasMessage("broken");
            assertThat(log.isEmpty()).isTrue();
            log.prepend(range(18, 19).stream().map(SpoolLogTest::batch).toList(), Log.end(17));
            append(log, 20, 22);
            assertThat(log.start()).contains(Log.end(17));
            assertThat(read(log.readerBehind(Log.end(17)))).isEqualTo(range(18, 22));
        }
        try (SpoolLog log = open()) {
            assertThat(log.start()).contains(Log.end(17));
            assertThat(read(log.readerBehind(Log.end(18)))).isEqualTo(range(19, 22));
        }
    }

    @Test
    void shouldAnswerWhileEverythingIsTakenOut() throws Exception {
        try (SpoolLog log = open()) {
            AtomicBoolean isDone = new AtomicBoolean();
            CompletableFuture<Void> asking = CompletableFuture.runAsync(() -> {
                while (!isDone.get()) {
                    log.isEmpty();
                    log.start();
                    log.end();
                    assertThat(log.firstSequence()).isNotNegative();
                    assertThat(log.lastSequence()).isNotNegative();
                }
            });
            for (long round = 1; round <= 2_000 && !asking.isDone(); round++) {
                append(log, round, round);
                log.takeAll().forEach(Runnable::run);
            }
            isDone.set(true);
            asking.get(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void shouldCutOffWhatWasBeingWrittenWhenTheProcessEnded() throws IOException {
        try (SpoolLog log = open()) {
            append(log, 1, 20);
        }
        Path last = files().get(files().size() - 1);
        long length = Files.size(last);
        byte[] whole = Files.readAllBytes(last);
        for (int cut = 1; cut < 60; cut += 7) {
            Files.write(last, java.util.Arrays.copyOf(whole, (int) length - cut));
            try (SpoolLog log = open()) {
                assertThat(read(log.readerFrom(0))).isEqualTo(range(1, 19));
                append(log, 20, 22);
                assertThat(read(log.readerFrom(0))).isEqualTo(range(1, 22));
            }
            try (SpoolLog log = open()) {
                assertThat(log.lastSequence()).isEqualTo(22);
                assertThat(read(log.readerFrom(0))).isEqualTo(range(1, 22));
            }
            for (Path file : files()) {
                if (file.compareTo(last) > 0) {
                    Files.delete(file);
                }
            }
        }
    }

    @Test
    void shouldNameFileAndPlaceOfDamage() throws IOException {
        try (SpoolLog log = open()) {
            append(log, 1, 80);
        }
        Path second = files().get(1);
        byte[] bytes = Files.readAllBytes(second);
        bytes[bytes.length / 2] ^= 1;
        Files.write(second, bytes, StandardOpenOption.TRUNCATE_EXISTING);
        try (SpoolLog log = open()) {
            SpoolReader reader = log.readerFrom(0);
            assertThatThrownBy(() -> read(reader))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining(second.toString())
                    .hasMessageContaining("checksum")
                    .extracting(error -> ((CheckpointException) error).reason())
                    .isEqualTo("SPOOL_DAMAGED");
        }
    }

    @Test
    void shouldRefuseTheSpoolOfAnotherPipelineOrLog() throws IOException {
        try (SpoolLog log = open()) {
            append(log, 1, 3);
        }
        assertThatThrownBy(() -> open("other", "db-1")).hasMessageContaining("is of pipeline shop");
        assertThatThrownBy(() -> open("shop", "db-2")).hasMessageContaining("db-1");
    }

    @Test
    void shouldShareOneTableAmongAllEvents() throws IOException {
        try (SpoolLog log = open()) {
            append(log, 1, 9);
            SpoolReader reader = log.readerFrom(0);
            EventBatch one = reader.next();
            EventBatch two = reader.next();
            assertThat(one.events().get(0).table()).isSameAs(two.events().get(1).table());
        }
    }

    @Test
    void shouldTakeNoNoticeOfFilesThatCouldNotBeDeletedInTime() throws IOException {
        try (SpoolLog log = open()) {
            append(log, 1, 30);
            log.takeAll();
            append(log, 40, 45);
        }
        try (SpoolLog log = open()) {
            assertThat(log.start()).contains(Log.end(39));
            assertThat(read(log.readerFrom(0))).isEqualTo(range(40, 45));
            assertThat(files()).hasSize(1);
        }
    }

    @Test
    void shouldBeEmptyAfterBeingCleared() throws IOException {
        try (SpoolLog log = open()) {
            append(log, 1, 30);
            log.takeAll().forEach(Runnable::run);
            assertThat(log.isEmpty()).isTrue();
            assertThat(files()).isEmpty();
            append(log, 50, 51);
            assertThat(log.start()).contains(Log.end(49));
            assertThat(read(log.readerFrom(0))).isEqualTo(range(50, 51));
        }
    }
}
