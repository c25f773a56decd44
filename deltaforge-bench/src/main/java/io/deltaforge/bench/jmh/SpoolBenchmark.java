package io.deltaforge.bench.jmh;

import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.checkpoint.rocksdb.RocksDbCheckpointStoreFactory;
import io.deltaforge.core.spool.SpoolLog;
import io.deltaforge.core.spool.SpoolReader;
import io.deltaforge.testkit.context.TestSettings;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;

/**
 * Batches of 2,000 events to the spool and back, per event, synced every 32 MiB. Beside it what the same bytes cost as they are
 * on disk: written to a plain file, and put into RocksDB. All on one disk, under the working directory; what the events are in
 * memory and on disk is printed at the start.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class SpoolBenchmark {

    private static final int EVENTS = 2_000;
    private static final long SYNC_BYTES = 32L << 20;
    private static final long MOST_BYTES = 512L << 20;

    private final List<ChangeEvent> events = SampleLog.events(EVENTS);
    private Path directory;
    private SpoolLog log;
    private SpoolLog full;
    private SpoolReader reader;
    private Options options;
    private WriteOptions unsynced;
    private RocksDB rocks;
    private FileChannel file;
    private byte[] record;
    private long number;
    private long written;

    /** Makes the state; called by JMH. */
    public SpoolBenchmark() {}

    private SpoolLog open(String name) {
        return SpoolLog.open(
                new SpoolLog.Place(directory.resolve(name), "bench", "db"),
                SamplePosition.ORDER,
                InstantSource.system(),
                MOST_BYTES);
    }

    private EventBatch next() {
        number++;
        return new EventBatch(number, events, new SamplePosition(number));
    }

    /**
     * Opens everything.
     *
     * @throws IOException when there is no directory to be had
     * @throws RocksDBException when the database cannot be opened
     */
    @Setup(Level.Trial)
    public void open() throws IOException, RocksDBException {
        directory = Files.createTempDirectory(Path.of("").toAbsolutePath(), "spool-benchmark-");
        RocksDbCheckpointStoreFactory factory = new RocksDbCheckpointStoreFactory();
        // Loads the native library.
        try (var store = factory.create(TestSettings.of(factory.config(), Map.of()), directory.resolve("store"))) {
            store.open();
        }
        log = open("log");
        full = open("full");
        for (int i = 0; i < 100; i++) {
            full.append(next(), new SamplePosition(0));
        }
        full.sync();
        record = new byte[(int) (full.bytes() / 100)];
        System.arraycopy(Files.readAllBytes(firstFile()), 0, record, 0, record.length);
        long memory = events.stream().mapToLong(ChangeEvent::retainedBytes).sum() / EVENTS;
        System.out.println("# an event: " + memory + " bytes in memory, " + record.length / EVENTS + " on disk");
        options = new Options().setCreateIfMissing(true);
        unsynced = new WriteOptions();
        rocks = RocksDB.open(options, directory.resolve("rocks").toString());
        file = FileChannel.open(directory.resolve("plain"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private Path firstFile() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("full"))) {
            return files.sorted().findFirst().orElseThrow();
        }
    }

    /**
     * Closes everything and deletes the files.
     *
     * @throws IOException when files cannot be deleted
     */
    @TearDown(Level.Trial)
    public void close() throws IOException {
        log.close();
        full.close();
        rocks.close();
        unsynced.close();
        options.close();
        file.close();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        }
    }

    private boolean isSyncDue() {
        written += record.length;
        boolean due = written >= SYNC_BYTES;
        if (due) {
            written = 0;
        }
        return due;
    }

    /**
     * A batch to the spool.
     *
     * @throws IOException when it cannot be written
     */
    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public void append() throws IOException {
        log.append(next(), new SamplePosition(number));
        if (isSyncDue()) {
            log.sync();
        }
        if (log.bytes() > MOST_BYTES) {
            log.takeAll().forEach(Runnable::run);
        }
    }

    /**
     * A batch from the spool, as events.
     *
     * @return the batch
     */
    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public EventBatch read() {
        EventBatch batch = reader == null ? null : reader.next();
        if (batch == null) {
            reader = full.readerFrom(0);
            batch = reader.next();
        }
        return batch;
    }

    /**
     * The baseline: as many bytes to a plain file.
     *
     * @throws IOException when they cannot be written
     */
    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public void plainFile() throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(record);
        while (bytes.hasRemaining()) {
            file.write(bytes);
        }
        if (isSyncDue()) {
            file.force(false);
        }
        if (file.position() > MOST_BYTES) {
            file.truncate(0);
            file.position(0);
        }
    }

    /**
     * As many bytes, as one value, to RocksDB, which forgets values that are as old as the spool's are when they are deleted.
     *
     * @throws RocksDBException when they cannot be put
     */
    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public void rocksDb() throws RocksDBException {
        number++;
        rocks.put(unsynced, key(number), record);
        if (isSyncDue()) {
            rocks.flushWal(true);
        }
        long kept = MOST_BYTES / record.length;
        if (number % kept == 0) {
            rocks.deleteRange(unsynced, key(0), key(number - kept));
        }
    }

    private static byte[] key(long of) {
        return ByteBuffer.allocate(Long.BYTES).putLong(of).array();
    }
}
