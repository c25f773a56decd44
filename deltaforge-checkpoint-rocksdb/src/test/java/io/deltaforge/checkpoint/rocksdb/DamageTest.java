package io.deltaforge.checkpoint.rocksdb;

import static io.deltaforge.checkpoint.rocksdb.Stores.crashImage;
import static io.deltaforge.checkpoint.rocksdb.Stores.files;
import static io.deltaforge.checkpoint.rocksdb.Stores.lastFile;
import static io.deltaforge.checkpoint.rocksdb.Stores.loadFrom;
import static io.deltaforge.checkpoint.rocksdb.Stores.openAt;
import static io.deltaforge.checkpoint.rocksdb.Stores.refusal;
import static io.deltaforge.checkpoint.rocksdb.Stores.saveMany;
import static org.assertj.core.api.Assertions.assertThat;

import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.error.ErrorKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Damages every kind of file. The store may refuse, or find everything that was acknowledged; it may never hold less and
 * say nothing.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class DamageTest {

    private static final String LOG = ".*\\.log";
    private static final String TABLE = ".*\\.sst";
    private static final String MANIFEST = "MANIFEST-.*";
    private static final int SAVES = 200;

    @TempDir
    private Path temporary;

    /** What a crash leaves: some of it in table files, the rest in the log alone. */
    private Path crashed;

    private Map<String, String> expected;

    @BeforeEach
    void crash() {
        Path original = temporary.resolve("original");
        try (RocksDbCheckpointStore store = openAt(original)) {
            saveMany(store, SAVES);
        }
        try (RocksDbCheckpointStore store = openAt(original)) {
            expected = saveMany(store, SAVES);
            crashed = crashImage(original, temporary.resolve("crashed"));
        }
    }

    @Test
    void shouldFindEverythingAfterACrash() {
        assertThat(loadFrom(crashed)).isEqualTo(expected);
    }

    @Test
    void shouldRefuseAFlippedBitInTheMiddleOfTheLog() throws IOException {
        Path log = lastFile(crashed, LOG);
        flip(log, (int) (Files.size(log) / 2));
        assertDamaged("CHECKPOINTS_DAMAGED");
    }

    @Test
    void shouldRefuseAFlippedBitInTheLastRecordOfTheLog() throws IOException {
        Path log = lastFile(crashed, LOG);
        flip(log, (int) Files.size(log) - 3);
        assertDamaged("CHECKPOINTS_DAMAGED");
    }

    @Test
    void shouldRefuseALogThatWasCutShort() throws IOException {
        Path log = lastFile(crashed, LOG);
        truncate(log, Files.size(log) / 2);
        assertThat(assertDamaged("CHECKPOINTS_ROLLED_BACK")).contains("was acknowledged");
    }

    @Test
    void shouldRefuseALogWhoseLastAcknowledgedRecordWasCut() throws IOException {
        Path log = lastFile(crashed, LOG);
        truncate(log, Files.size(log) - 1);
        assertDamaged("CHECKPOINTS_ROLLED_BACK");
    }

    @Test
    void shouldRefuseAnEmptiedLog() throws IOException {
        truncate(lastFile(crashed, LOG), 0);
        assertDamaged("CHECKPOINTS_ROLLED_BACK");
    }

    @Test
    void shouldRefuseWhenTheLogIsGone() throws IOException {
        for (Path log : files(crashed, LOG)) {
            Files.delete(log);
        }
        assertThat(assertDamaged("CHECKPOINTS_MISSING")).contains("*.log");
    }

    @Test
    void shouldAcceptAnUnfinishedRecordBehindTheAcknowledgedOnes() throws IOException {
        // A save that a crash cut off: the header of a full record of 64 bytes, and a third of it.
        byte[] unfinished = new byte[7 + 20];
        new Random(1).nextBytes(unfinished);
        unfinished[4] = 64;
        unfinished[5] = 0;
        unfinished[6] = 1;
        Files.write(lastFile(crashed, LOG), unfinished, StandardOpenOption.APPEND);
        assertThat(loadFrom(crashed)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {LOG, MANIFEST})
    void shouldRefuseGarbageOnWhichRocksDbHangs(String pattern) throws IOException {
        // Seven bytes that RocksDB 11.8.1 was seen to read again and again: a header of a record of a recycled log.
        byte[] garbage = HexFormat.of().parseHex("9fa23bb9c34007");
        Path file = lastFile(crashed, pattern);
        Files.write(file, garbage, StandardOpenOption.APPEND);
        assertThat(assertDamaged("CHECKPOINTS_DAMAGED"))
                .contains(file.getFileName().toString(), "kind 7");
    }

    @Test
    void shouldRefuseATableFileWithAFlippedBit() throws IOException {
        Path table = lastFile(crashed, TABLE);
        flip(table, 20);
        assertThat(assertDamaged("CHECKPOINTS_DAMAGED"))
                .contains(table.getFileName().toString());
    }

    @Test
    void shouldRefuseATableFileThatWasCutShort() throws IOException {
        Path table = lastFile(crashed, TABLE);
        truncate(table, Files.size(table) - 10);
        assertThat(assertDamaged("CHECKPOINTS_DAMAGED"))
                .contains(table.getFileName().toString());
    }

    @Test
    void shouldRefuseWhenATableFileIsGone() throws IOException {
        Path table = lastFile(crashed, TABLE);
        Files.delete(table);
        assertThat(assertDamaged("CHECKPOINTS_DAMAGED"))
                .contains(table.getFileName().toString());
    }

    @Test
    void shouldRefuseAManifestWithAFlippedBit() throws IOException {
        Path manifest = lastFile(crashed, MANIFEST);
        flip(manifest, (int) Files.size(manifest) / 2);
        assertThat(assertDamaged("CHECKPOINTS_DAMAGED")).contains("MANIFEST");
    }

    @Test
    void shouldRefuseAManifestThatIsGone() throws IOException {
        Files.delete(lastFile(crashed, MANIFEST));
        assertThat(refusal(crashed).kind()).isEqualTo(ErrorKind.HELD);
    }

    @Test
    void shouldRefuseWhenCurrentIsGone() throws IOException {
        Files.delete(crashed.resolve("checkpoints/CURRENT"));
        assertThat(assertDamaged("CHECKPOINTS_MISSING")).contains("CURRENT");
    }

    @Test
    void shouldRefuseGarbageInCurrent() throws IOException {
        Files.writeString(crashed.resolve("checkpoints/CURRENT"), "garbage");
        assertDamaged("CHECKPOINTS_DAMAGED");
    }

    @Test
    void shouldRefuseWhenCurrentIsGoneAndNobodyKnowsThatThereWasADatabase() throws IOException {
        Files.delete(crashed.resolve("checkpoints/CURRENT"));
        Files.delete(crashed.resolve("checkpoints.witness"));
        assertDamaged("CHECKPOINTS_MISSING");
    }

    @Test
    void shouldRefuseAnEmptiedDirectory() throws IOException {
        for (Path file : files(crashed, ".*")) {
            Files.delete(file);
        }
        assertThat(assertDamaged("CHECKPOINTS_MISSING")).contains("are gone");
    }

    @Test
    void shouldRefuseADirectoryThatIsGone() throws IOException {
        for (Path file : files(crashed, ".*")) {
            Files.delete(file);
        }
        Files.delete(crashed.resolve("checkpoints"));
        assertThat(assertDamaged("CHECKPOINTS_MISSING")).contains("are gone");
    }

    @Test
    void shouldRefuseAFileInPlaceOfTheDirectory() throws IOException {
        Path file = temporary.resolve("file");
        Files.writeString(file, "not a directory");
        assertThat(refusal(file.resolve("data")).reason()).isEqualTo("STORAGE_FAILED");
        assertThat(refusal(file))
                .hasMessageContaining(file.toString())
                .extracting(CheckpointException::kind)
                .isEqualTo(ErrorKind.HELD);
    }

    @Test
    void shouldRefuseAnOlderCopyOfTheDatabase() throws IOException {
        Path original = temporary.resolve("original");
        try (RocksDbCheckpointStore store = openAt(original)) {
            saveMany(store, 1);
        }
        Files.copy(
                original.resolve("checkpoints.witness"),
                crashed.resolve("checkpoints.witness"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertDamaged("CHECKPOINTS_ROLLED_BACK");
    }

    @Test
    void shouldRefuseADamagedWitness() throws IOException {
        flip(crashed.resolve("checkpoints.witness"), 40);
        assertThat(assertDamaged("WITNESS_DAMAGED")).contains("checkpoints.witness");
    }

    @Test
    void shouldFindEverythingWithoutTheWitness() throws IOException {
        Files.delete(crashed.resolve("checkpoints.witness"));
        assertThat(loadFrom(crashed)).isEqualTo(expected);
        assertThat(crashed.resolve("checkpoints.witness")).exists();
    }

    @Test
    void shouldNeverHoldLessAndSayNothing() throws IOException {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("DamageTest seed " + seed);
        Random random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < 150; i++) {
            Path copy = crashImage(crashed, temporary.resolve("copy-" + i));
            String what = damage(copy, random);
            try {
                assertThat(loadFrom(copy))
                        .as("seed %d, round %d: %s", seed, i, what)
                        .isEqualTo(expected);
            } catch (CheckpointException e) {
                refused++;
                assertThat(e.kind())
                        .as("seed %d, round %d: %s: %s", seed, i, what, e)
                        .isEqualTo(ErrorKind.HELD);
                assertThat(e.remedy())
                        .as("seed %d, round %d: %s: %s", seed, i, what, e)
                        .isPresent();
            }
        }
        assertThat(refused).as("seed %d", seed).isGreaterThan(50);
    }

    /** Damages one file and says how. */
    private static String damage(Path dataDirectory, Random random) throws IOException {
        Path[] victims = Stream.of(LOG, TABLE, MANIFEST, "CURRENT")
                .flatMap(pattern -> files(dataDirectory, pattern).stream())
                .toArray(Path[]::new);
        Path victim = victims[random.nextInt(victims.length)];
        int size = (int) Files.size(victim);
        int at = random.nextInt(Math.max(size, 1));
        switch (size == 0 ? 3 : random.nextInt(5)) {
            case 0 -> flip(victim, at);
            case 1 -> truncate(victim, at);
            case 2 -> zero(victim, at, Math.min(size, at + 1 + random.nextInt(64)));
            case 3 -> Files.delete(victim);
            default -> {
                byte[] garbage = new byte[1 + random.nextInt(100)];
                random.nextBytes(garbage);
                Files.write(victim, garbage, StandardOpenOption.APPEND);
            }
        }
        return victim.getFileName() + " of " + size + " bytes at " + at;
    }

    private String assertDamaged(String reason) {
        CheckpointException refusal = refusal(crashed);
        assertThat(refusal.reason()).as(refusal.toString()).isEqualTo(reason);
        assertThat(refusal.kind()).isEqualTo(ErrorKind.HELD);
        assertThat(refusal.remedy()).isPresent();
        assertThat(refusal).hasMessageContaining(crashed.toString());
        return refusal.getMessage();
    }

    private static void flip(Path file, int at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[at] ^= 0x10;
        Files.write(file, bytes);
    }

    private static void zero(Path file, int from, int to) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        Arrays.fill(bytes, from, to, (byte) 0);
        Files.write(file, bytes);
    }

    private static void truncate(Path file, long size) throws IOException {
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), (int) size));
    }
}
