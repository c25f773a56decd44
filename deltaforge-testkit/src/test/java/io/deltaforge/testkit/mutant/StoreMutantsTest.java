package io.deltaforge.testkit.mutant;

import io.deltaforge.api.checkpoint.CheckpointStore;
import io.deltaforge.api.checkpoint.CheckpointStoreFactory;
import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.testkit.checkpoint.CheckpointStoreConformanceTest;
import io.deltaforge.testkit.fake.ForwardingCheckpointStore;
import io.deltaforge.testkit.fake.MemoryCheckpointStore;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each promise of a checkpoint store has a test that fails without it. */
class StoreMutantsTest {

    @Test
    void shouldLiveWhenNothingIsBroken() {
        Suites.assertSurvives(Unchanged.class);
    }

    @ParameterizedTest(name = "{0} must make {1} fail")
    @CsvSource({
        "SavesEntryByEntry, shouldShowEachSaveWholeOrNotAtAll",
        "SavesEntryByEntry, shouldSaveNothingWhenOneEntryIsRefused",
        "ForgetsWhenClosed, shouldKeepWhatWasSavedAcrossCloseAndOpen",
        "MixesPipelines, shouldKeepPipelinesApart",
        "NeverForgets, shouldForgetWhatIsDeletedAndIgnoreWhatIsNotThere",
        "DropsEmptyValues, shouldTakeEmptyAndLargeValues",
        "CutsKeys, shouldTakeKeysOfAnyCharactersAndLength",
        "PagesInOrderOfChars, shouldGiveWhatIsStoredInPagesInTheOrderOfTheKeys",
        "PagesRepeat, shouldGiveWhatIsStoredInPagesInTheOrderOfTheKeys",
        "LoadsTheFirst, shouldLoadSingleValues",
        "SharesArrays, shouldNotShareArraysWithItsCallers",
        "HasManyOwners, shouldRefuseASecondOwner",
        "StartsAfresh, shouldHoldOnDamageAndNeverStartAfresh(java.nio.file.Path)",
    })
    void shouldBeKilled(String mutant, String test) throws ClassNotFoundException {
        Suites.assertKilled(Class.forName(StoreMutantsTest.class.getName() + "$" + mutant), test);
    }

    /** The suite over a memory store that is wrapped. */
    abstract static class Mutant extends CheckpointStoreConformanceTest {

        abstract CheckpointStore wrap(CheckpointStore store);

        @Override
        protected boolean keepsFiles() {
            return false;
        }

        @Override
        protected CheckpointStoreFactory factory() {
            return Wrapped.stores(new MemoryCheckpointStore(), this::wrap);
        }
    }

    static class PagesInOrderOfChars extends Mutant {
        @Override
        CheckpointStore wrap(CheckpointStore store) {
            return new ForwardingCheckpointStore(store) {
                @Override
                public List<Entry> page(String pipeline, String after, int limit) {
                    return load(pipeline).entrySet().stream()
                            .filter(entry -> entry.getKey().compareTo(after) > 0)
                            .sorted(Map.Entry.comparingByKey())
                            .limit(limit)
                            .map(entry -> new Entry(entry.getKey(), entry.getValue()))
                            .toList();
                }
            };
        }
    }

    static class PagesRepeat extends Mutant {
        @Override
        CheckpointStore wrap(CheckpointStore store) {
            return new ForwardingCheckpointStore(store) {
                @Override
                public List<Entry> page(String pipeline, String after, int limit) {
                    return super.page(pipeline, after.length() > 1 ? after.substring(0, 1) : after, limit);
                }
            };
        }
    }

    static class LoadsTheFirst extends Mutant {
        @Override
        CheckpointStore wrap(CheckpointStore store) {
            return new ForwardingCheckpointStore(store) {
                @Override
                public Optional<byte[]> load(String pipeline, String key) {
                    return load(pipeline).values().stream().findFirst();
                }
            };
        }
    }

    static class SavesEntryByEntry extends Mutant {
        @Override
        CheckpointStore wrap(CheckpointStore store) {
            return new ForwardingCheckpointStore(store) {
                @Override
                public void save(String pipeline, Map<String, byte[]> entries) {
                    entries.forEach((key, value) -> {
                        super.save(pipeline, Map.of(key, value));
                        LockSupport.parkNanos(1_000);
                    });
                }
            };
        }
    }

    static class ForgetsWhenClosed extends Mutant {
        @Override
        CheckpointStore wrap(CheckpointStore store) {
            return new ForwardingCheckpointStore(store) {
                @Override
                public void open() {
                    super.open();
                    store.delete("shop", store.load("shop").keySet());
                }
            };
        }
    }

    static class MixesPipelines extends Mutant {
        @Override
        CheckpointStore wrap(CheckpointStore store) {
            return new ForwardingCheckpointStore(store) {
                @Override
                public Map<String, byte[]> load(String pipeline) {
                    return super.load(pipeline.toLowerCase(Locale.ROOT));
                }

                @Override
                public void save(String pipeline, Map<String, byte[]> entries) {
                    super.save(pipeline.toLowerCase(Locale.ROOT), entries);
                }
            };
        }
    }

    static class NeverForgets extends Mutant {
        @Override
        CheckpointStore wrap(CheckpointStore store) {
            return new ForwardingCheckpointStore(store) {
                @Override
                public void delete(String pipeline, Set<String> keys) {}
            };
        }
    }

    static class DropsEmptyValues extends Mutant {
        @Override
        CheckpointStore wrap(CheckpointStore store) {
            return new ForwardingCheckpointStore(store) {
                @Override
                public Map<String, byte[]> load(String pipeline) {
                    Map<String, byte[]> loaded = new HashMap<>(super.load(pipeline));
                    loaded.values().removeIf(value -> value.length == 0);
                    return loaded;
                }
            };
        }
    }

    static class CutsKeys extends Mutant {
        @Override
        CheckpointStore wrap(CheckpointStore store) {
            return new ForwardingCheckpointStore(store) {
                @Override
                public void save(String pipeline, Map<String, byte[]> entries) {
                    Map<String, byte[]> cut = new HashMap<>();
                    entries.forEach((key, value) -> cut.put(key.substring(0, Math.min(key.length(), 100)), value));
                    super.save(pipeline, cut);
                }
            };
        }
    }

    static class SharesArrays extends Mutant {
        @Override
        CheckpointStore wrap(CheckpointStore store) {
            return new ForwardingCheckpointStore(store) {
                private final Map<String, byte[]> cache = new HashMap<>();

                @Override
                public Map<String, byte[]> load(String pipeline) {
                    return cache;
                }

                @Override
                public void save(String pipeline, Map<String, byte[]> entries) {
                    cache.putAll(entries);
                }
            };
        }
    }

    static class HasManyOwners extends Mutant {
        @Override
        CheckpointStore wrap(CheckpointStore store) {
            return new ForwardingCheckpointStore(store) {
                @Override
                public void open() {
                    try {
                        super.open();
                    } catch (CheckpointException alreadyOwned) {
                        // Pretends that there is nobody else.
                    }
                }
            };
        }
    }

    static class StartsAfresh extends Mutant {
        @Override
        protected Map<String, Damage> damages() {
            return Map.of("something that the store does not look at", directory -> {});
        }

        @Override
        CheckpointStore wrap(CheckpointStore store) {
            return store;
        }
    }

    static class Unchanged extends Mutant {
        @Override
        CheckpointStore wrap(CheckpointStore store) {
            return store;
        }
    }
}
