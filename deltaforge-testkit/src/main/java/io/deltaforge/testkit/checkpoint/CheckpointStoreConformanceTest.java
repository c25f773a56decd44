package io.deltaforge.testkit.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.deltaforge.api.checkpoint.CheckpointStore;
import io.deltaforge.api.checkpoint.CheckpointStoreFactory;
import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.testkit.check.FactoryRules;
import io.deltaforge.testkit.check.Witness;
import io.deltaforge.testkit.context.TestSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every checkpoint store must do. Extend it, say how to make the store, and run it. The class must be registered for
 * {@link java.util.ServiceLoader}. Stores that keep files in the data directory are also opened on a copy of it that is
 * made while they run, which is what a crash of the process leaves behind.
 */
public abstract class CheckpointStoreConformanceTest {

    private static final String PIPELINE = "shop";

    private final List<CheckpointStore> stores = new ArrayList<>();
    private Witness witness;

    @TempDir
    private Path directory;

    /**
     * Damages a store that is closed.
     */
    @FunctionalInterface
    protected interface Damage {

        /**
         * Changes files so that what is stored cannot be trusted any more.
         *
         * @param dataDirectory the data directory
         * @throws IOException when that fails, which fails the test
         */
        void apply(Path dataDirectory) throws IOException;
    }

    /**
     * Returns the factory under test.
     *
     * @return the factory
     */
    protected abstract CheckpointStoreFactory factory();

    /**
     * Returns settings that work.
     *
     * @return values by key; none by default
     */
    protected Map<String, Object> settings() {
        return Map.of();
    }

    /**
     * Says whether everything the store keeps is in files of the data directory.
     *
     * @return true by default
     */
    protected boolean keepsFiles() {
        return true;
    }

    /**
     * Returns kinds of damage that the store must notice.
     *
     * @return damages by name; none by default
     */
    protected Map<String, Damage> damages() {
        return Map.of();
    }

    /**
     * Says whether a thread is no business of the store.
     *
     * @param thread a thread that came during the test
     * @return whether it may stay; false by default
     */
    protected boolean mayOutlive(Thread thread) {
        return false;
    }

    @BeforeEach
    final void watch() {
        witness = new Witness();
    }

    @AfterEach
    final void closeAllStores() {
        stores.forEach(CheckpointStore::close);
        witness.close();
    }

    private CheckpointStore newStore(Path dataDirectory) {
        CheckpointStore store = factory().create(TestSettings.of(factory().config(), settings()), dataDirectory);
        stores.add(store);
        return store;
    }

    private CheckpointStore open() {
        return open(directory);
    }

    private CheckpointStore open(Path dataDirectory) {
        CheckpointStore store = newStore(dataDirectory);
        store.open();
        return store;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Map<String, String> texts(CheckpointStore store, String pipeline) {
        Map<String, String> texts = new HashMap<>();
        store.load(pipeline).forEach((key, value) -> texts.put(key, new String(value, StandardCharsets.UTF_8)));
        return texts;
    }

    @Test
    void shouldDescribeItselfAndEverySetting() {
        FactoryRules.assertDescribed(factory().type(), factory().config(), Set.of("type"));
    }

    @Test
    void shouldBeFoundByTheServiceLoader() {
        FactoryRules.assertRegistered(CheckpointStoreFactory.class, factory());
    }

    @Test
    void shouldBeEmptyBeforeTheFirstSave() {
        assertThat(open().load(PIPELINE)).isEmpty();
    }

    @Test
    void shouldLoadWhatWasSaved() {
        CheckpointStore store = open();
        store.save(PIPELINE, Map.of("a", bytes("1"), "b", bytes("2")));
        store.save(PIPELINE, Map.of("b", bytes("3"), "c", bytes("4")));
        assertThat(texts(store, PIPELINE)).isEqualTo(Map.of("a", "1", "b", "3", "c", "4"));
    }

    @Test
    void shouldLoadSingleValues() {
        CheckpointStore store = open();
        store.save(PIPELINE, Map.of("a", bytes("1"), "aa", bytes("2")));
        store.save(PIPELINE + "~besides", Map.of("a", bytes("3")));
        assertThat(store.load(PIPELINE, "a").orElseThrow()).isEqualTo(bytes("1"));
        assertThat(store.load(PIPELINE + "~besides", "a").orElseThrow()).isEqualTo(bytes("3"));
        assertThat(store.load(PIPELINE, "b")).isEmpty();
        assertThat(store.load("nobody", "a")).isEmpty();
    }

    @Test
    void shouldGiveWhatIsStoredInPagesInTheOrderOfTheKeys() {
        CheckpointStore store = open();
        List<String> keys = List.of("a", "a/1", "a/2", "b", "\u00e9", "\uffee", "\ud83d\ude00");
        keys.forEach(key -> store.save(PIPELINE, Map.of(key, bytes(key))));
        store.save(PIPELINE + "~besides", Map.of("a/3", bytes("other")));
        List<String> read = new ArrayList<>();
        List<CheckpointStore.Entry> page = store.page(PIPELINE, "", 2);
        while (!page.isEmpty()) {
            assertThat(page).hasSizeLessThanOrEqualTo(2).allSatisfy(entry -> assertThat(entry.value())
                    .isEqualTo(bytes(entry.key())));
            page.forEach(entry -> read.add(entry.key()));
            assertThat(read).hasSizeLessThanOrEqualTo(keys.size());
            page = store.page(PIPELINE, read.get(read.size() - 1), 2);
        }
        assertThat(read).isEqualTo(keys);
        assertThat(store.page(PIPELINE, "a/", 1)).singleElement().satisfies(entry -> assertThat(entry.key())
                .isEqualTo("a/1"));
    }

    @Test
    void shouldKeepWhatWasSavedAcrossCloseAndOpen() {
        CheckpointStore first = open();
        first.save(PIPELINE, Map.of("a", bytes("1"), "b", bytes("2")));
        first.delete(PIPELINE, Set.of("b"));
        first.close();
        assertThat(texts(open(), PIPELINE)).isEqualTo(Map.of("a", "1"));
    }

    @Test
    void shouldKeepWhatWasSavedAcrossACrash(@TempDir Path crashes) {
        assumeTrue(keepsFiles(), "the store keeps no files");
        CheckpointStore store = open();
        for (int i = 1; i <= 5; i++) {
            store.save(PIPELINE, Map.of("a", bytes("" + i), "b", bytes("" + i)));
            Path copy = crashes.resolve("copy" + i);
            copy(directory, copy);
            CheckpointStore recovered = open(copy);
            assertThat(texts(recovered, PIPELINE)).isEqualTo(Map.of("a", "" + i, "b", "" + i));
            recovered.close();
        }
    }

    private static void copy(Path from, Path to) {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else if (Files.exists(file)) {
                    Files.copy(file, target);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldKeepPipelinesApart() {
        CheckpointStore store = open();
        List<String> pipelines = List.of("a", "a.b", "a-b", "A", "a_", "ab", "a".repeat(63));
        pipelines.forEach(pipeline -> store.save(pipeline, Map.of("b", bytes(pipeline), "x", bytes("x"))));
        for (String pipeline : pipelines) {
            assertThat(texts(store, pipeline)).as(pipeline).isEqualTo(Map.of("b", pipeline, "x", "x"));
        }
        store.delete("a", Set.of("b", "x"));
        assertThat(texts(store, "a")).isEmpty();
        assertThat(texts(store, "ab")).isEqualTo(Map.of("b", "ab", "x", "x"));
    }

    @Test
    void shouldTakeKeysOfAnyCharactersAndLength() {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        for (String key : List.of(
                "cursor/kafka-1",
                "/",
                "//",
                " ",
                "a\u0000b",
                "a\nb",
                "..",
                "%2F",
                "\u00fc\u6771\ud83d\ude00",
                "k".repeat(200),
                "\u6771".repeat(200))) {
            entries.put(key, bytes(key));
        }
        CheckpointStore store = open();
        store.save(PIPELINE, entries);
        store.close();
        Map<String, String> expected = new HashMap<>();
        entries.keySet().forEach(key -> expected.put(key, key));
        CheckpointStore again = open();
        assertThat(texts(again, PIPELINE)).isEqualTo(expected);
        again.delete(PIPELINE, entries.keySet());
        assertThat(texts(again, PIPELINE)).isEmpty();
    }

    @Test
    void shouldTakeEmptyAndLargeValues() {
        byte[] large = new byte[1 << 20];
        for (int i = 0; i < large.length; i++) {
            large[i] = (byte) (i * 31 + (i >> 8));
        }
        CheckpointStore store = open();
        store.save(PIPELINE, Map.of("empty", new byte[0], "large", large));
        store.close();
        Map<String, byte[]> loaded = open().load(PIPELINE);
        assertThat(loaded).containsOnlyKeys("empty", "large");
        assertThat(loaded.get("empty")).isEmpty();
        assertThat(loaded.get("large")).isEqualTo(large);
    }

    @Test
    void shouldNotShareArraysWithItsCallers() {
        CheckpointStore store = open();
        byte[] value = bytes("one");
        store.save(PIPELINE, Map.of("a", value));
        value[0] = 'x';
        store.load(PIPELINE).get("a")[0] = 'y';
        assertThat(texts(store, PIPELINE)).isEqualTo(Map.of("a", "one"));
    }

    @Test
    void shouldForgetWhatIsDeletedAndIgnoreWhatIsNotThere() {
        CheckpointStore store = open();
        store.save(PIPELINE, Map.of("a", bytes("1"), "b", bytes("2"), "c", bytes("3")));
        store.delete(PIPELINE, Set.of("a", "c", "unknown"));
        store.delete("unknown", Set.of("a"));
        assertThat(texts(store, PIPELINE)).isEqualTo(Map.of("b", "2"));
    }

    @Test
    void shouldShowEachSaveWholeOrNotAtAll() throws Exception {
        CheckpointStore store = open();
        Map<String, byte[]> first = entries(0);
        store.save(PIPELINE, first);
        int saves = 200;
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            CountDownLatch started = new CountDownLatch(2);
            Future<?> writer = threads.submit(() -> {
                started.countDown();
                for (int i = 1; i <= saves; i++) {
                    store.save(PIPELINE, entries(i));
                }
            });
            Future<?> reader = threads.submit(() -> {
                started.countDown();
                do {
                    assertThat(texts(store, PIPELINE).values().stream().distinct())
                            .as("values of one save")
                            .hasSize(1);
                } while (!writer.isDone());
            });
            assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();
            writer.get(60, TimeUnit.SECONDS);
            reader.get(60, TimeUnit.SECONDS);
        } finally {
            threads.shutdownNow();
        }
        assertThat(texts(store, PIPELINE).values()).containsOnly("" + saves);
    }

    private static Map<String, byte[]> entries(int value) {
        Map<String, byte[]> entries = new HashMap<>();
        for (int i = 0; i < 20; i++) {
            entries.put("key" + i, bytes("" + value));
        }
        return entries;
    }

    @Test
    void shouldSaveNothingWhenOneEntryIsRefused() {
        CheckpointStore store = open();
        store.save(PIPELINE, Map.of("a", bytes("1")));
        for (String wrong : List.of("", "k".repeat(201))) {
            Map<String, byte[]> entries = new LinkedHashMap<>();
            entries.put("a", bytes("2"));
            entries.put(wrong, bytes("2"));
            entries.put("z", bytes("2"));
            assertThatThrownBy(() -> store.save(PIPELINE, entries))
                    .as("save with a key of %d characters", wrong.length())
                    .isInstanceOf(RuntimeException.class);
        }
        assertThat(texts(store, PIPELINE)).isEqualTo(Map.of("a", "1"));
    }

    @Test
    void shouldSaveFromManyThreads() throws Exception {
        CheckpointStore store = open();
        int pipelines = 4;
        int saves = 25;
        ExecutorService threads = Executors.newFixedThreadPool(pipelines);
        try {
            List<Future<?>> writers = new ArrayList<>();
            for (int p = 0; p < pipelines; p++) {
                String pipeline = "p" + p;
                writers.add(threads.submit(() -> {
                    for (int i = 0; i < saves; i++) {
                        store.save(pipeline, Map.of("k" + i, bytes(pipeline), "last", bytes("" + i)));
                    }
                }));
            }
            for (Future<?> writer : writers) {
                writer.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
        for (int p = 0; p < pipelines; p++) {
            assertThat(texts(store, "p" + p)).hasSize(saves + 1).containsEntry("last", "" + (saves - 1));
        }
    }

    @Test
    void shouldRefuseASecondOwner() {
        CheckpointStore owner = open();
        owner.save(PIPELINE, Map.of("a", bytes("1")));
        CheckpointStore second = newStore(directory);
        assertThatThrownBy(second::open).isInstanceOf(CheckpointException.class);
        second.close();
        assertThat(texts(owner, PIPELINE))
                .as("after the second owner was closed")
                .isEqualTo(Map.of("a", "1"));
        owner.close();
        assertThat(texts(open(), PIPELINE)).isEqualTo(Map.of("a", "1"));
    }

    @Test
    void shouldCloseTwiceAndWithoutHavingBeenOpen() {
        CheckpointStore never = newStore(directory);
        never.close();
        never.close();
        CheckpointStore store = open();
        store.close();
        store.close();
    }

    @Test
    void shouldLeaveNoThreadBehind() {
        CheckpointStore store = open();
        store.save(PIPELINE, Map.of("a", bytes("1")));
        store.close();
        witness.assertNoThreadLeft(this::mayOutlive);
    }

    @Test
    void shouldHoldOnDamageAndNeverStartAfresh(@TempDir Path damaged) {
        assumeTrue(!damages().isEmpty(), "no damage is declared");
        damages().forEach((name, damage) -> {
            Path data = damaged.resolve(name.replaceAll("[^a-zA-Z0-9]", "_"));
            try {
                Files.createDirectories(data);
                CheckpointStore store = open(data);
                store.save(PIPELINE, Map.of("a", bytes("1"), "b", bytes("2")));
                store.close();
                damage.apply(data);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            assertThatThrownBy(() -> open(data).load(PIPELINE))
                    .as(name)
                    .isInstanceOfSatisfying(CheckpointException.class, failure -> {
                        assertThat(failure.kind()).as(name).isEqualTo(ErrorKind.HELD);
                        assertThat(failure.remedy()).as("remedy of: %s", name).isPresent();
                    });
        });
    }
}
