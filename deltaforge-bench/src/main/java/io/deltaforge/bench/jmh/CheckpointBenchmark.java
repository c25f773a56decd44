package io.deltaforge.bench.jmh;

import io.deltaforge.api.checkpoint.CheckpointStore;
import io.deltaforge.checkpoint.rocksdb.RocksDbCheckpointStoreFactory;
import io.deltaforge.testkit.context.TestSettings;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteOptions;

/** One save of one position, durable on return. Both sides write to one disk, under the working directory. */
@State(Scope.Thread)
@BenchmarkMode({Mode.AverageTime, Mode.SampleTime})
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class CheckpointBenchmark {

    private static final String PIPELINE = "shop";
    private static final String KEY = "cursor/kafka";

    private final byte[] position = new byte[44];
    private Path directory;
    private CheckpointStore store;
    private Options options;
    private WriteOptions synced;
    private RocksDB bare;
    private byte number;

    /** Makes the state; called by JMH. */
    public CheckpointBenchmark() {}

    /**
     * Opens both.
     *
     * @throws IOException when there is no directory to be had
     * @throws RocksDBException when the baseline's database cannot be opened
     */
    @Setup
    public void open() throws IOException, RocksDBException {
        directory = Files.createTempDirectory(Path.of("").toAbsolutePath(), "checkpoint-benchmark-");
        RocksDbCheckpointStoreFactory factory = new RocksDbCheckpointStoreFactory();
        store = factory.create(TestSettings.of(factory.config(), Map.of()), directory.resolve("store"));
        store.open();
        // The store's options that matter to a write; opened behind it, which has loaded the native library.
        options = new Options()
                .setCreateIfMissing(true)
                .setWalRecoveryMode(WALRecoveryMode.TolerateCorruptedTailRecords)
                .setParanoidChecks(true)
                .setWriteBufferSize(1 << 20);
        synced = new WriteOptions().setSync(true);
        bare = RocksDB.open(options, directory.resolve("bare").toString());
    }

    /**
     * Closes both and deletes their files.
     *
     * @throws IOException when files cannot be deleted
     */
    @TearDown
    public void close() throws IOException {
        store.close();
        bare.close();
        synced.close();
        options.close();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        }
    }

    /**
     * The baseline: the same key and value, put by RocksDB alone.
     *
     * @throws RocksDBException when that fails
     */
    @Benchmark
    public void barePut() throws RocksDBException {
        position[0] = number++;
        bare.put(synced, KEY.getBytes(StandardCharsets.UTF_8), position);
    }

    /** A save. */
    @Benchmark
    public void save() {
        position[0] = number++;
        store.save(PIPELINE, Map.of(KEY, position));
    }
}
