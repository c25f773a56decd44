package io.deltaforge.testkit.engine;

import io.deltaforge.api.checkpoint.CheckpointStore;
import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.Operation;
import io.deltaforge.core.Pipeline;
import io.deltaforge.core.SinkDefinition;
import io.deltaforge.core.batch.BatchLimits;
import io.deltaforge.core.commit.CommitPolicy;
import io.deltaforge.core.envelope.Envelope;
import io.deltaforge.core.retry.RetryPolicy;
import io.deltaforge.testkit.context.TestSettings;
import io.deltaforge.testkit.fake.MemoryCheckpointStore;
import io.deltaforge.testkit.fake.MemorySink;
import io.deltaforge.testkit.fake.MemoryTarget;
import io.deltaforge.testkit.gtid.PartialOrderDatabase;
import io.deltaforge.testkit.gtid.PartialOrderSource;
import io.deltaforge.testkit.source.RowChange;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Pipelines over the fake database, with sinks in memory, that can be started again over the same positions. */
final class Pipelines implements AutoCloseable {

    static final String NAME = "shop";
    /** Transactions of more than four events are delivered in parts. */
    private static final BatchLimits SMALL = new BatchLimits(3, 1L << 20, 5, true, 2, 4, 1L << 20, 1_000);

    private static final RetryPolicy QUICK = new RetryPolicy(Duration.ofMillis(1), Duration.ofMillis(5), 0);

    private final Path disk;
    private final List<String> sinks;
    private final List<String> sent = new ArrayList<>();
    private final TreeMap<String, String> rows = new TreeMap<>();
    private boolean snapshotTaken;

    Pipelines(Path disk, String... sinks) {
        this.disk = disk;
        this.sinks = List.of(sinks);
        this.sinks.forEach(sink -> target(sink).clear());
        database().clear();
    }

    PartialOrderDatabase database() {
        return PartialOrderSource.database(disk.toString());
    }

    MemoryTarget target(String sink) {
        return MemorySink.target(disk + "/" + sink);
    }

    /** Commits changes, which every sink must get: before the first start as rows of the snapshot, then as events. */
    void commit(List<RowChange> changes) {
        String transaction = database().commit(changes);
        for (int ordinal = 0; ordinal < changes.size(); ordinal++) {
            RowChange change = changes.get(ordinal);
            String row = change.table() + "/" + String.format("%06d", change.id());
            if (snapshotTaken) {
                sent.add(transaction + "#" + ordinal + " " + change.operation() + " " + row + " " + change.note());
            } else if (change.note() == null) {
                rows.remove(row);
            } else {
                rows.put(row, change.note());
            }
        }
    }

    /** Says that the first pipeline has attached: what was there is in the snapshot, what comes is in the log. */
    void snapshotIsTaken() {
        snapshotTaken = true;
        rows.forEach((row, note) -> sent.add(Operation.READ + " " + row + " " + note));
    }

    /** Everything that was to be sent, by name, in order. */
    List<String> sent() {
        return sent;
    }

    List<String> arrived(String sink) {
        return target(sink).stored().stream()
                .map(stored -> name(stored.event()))
                .toList();
    }

    private static String name(ChangeEvent event) {
        String row = event.table().table() + "/"
                + String.format("%06d", (Long) event.identity().orElseThrow().value(0));
        String note = event.after() == null ? null : (String) event.after().value(1);
        return event.operation() == Operation.READ
                ? Operation.READ + " " + row + " " + note
                : event.transaction().id() + "#" + event.ordinal() + " " + event.operation() + " " + row + " " + note;
    }

    CheckpointStore openStore() {
        MemoryCheckpointStore factory = new MemoryCheckpointStore();
        CheckpointStore store = factory.create(TestSettings.of(factory.config(), Map.of()), disk);
        store.open();
        return store;
    }

    /** From now on nothing is saved, as if the process had been killed. */
    void cutOffStorage() {
        MemoryCheckpointStore.failSaves(
                disk, new CheckpointException(ErrorKind.RETRIABLE, "STORAGE_GONE", "the disk is out of reach", null));
    }

    void restoreStorage() {
        MemoryCheckpointStore.failSaves(disk, null);
    }

    Pipeline start(CommitPolicy policy, CheckpointStore store) {
        PartialOrderSource source = new PartialOrderSource();
        MemorySink sink = new MemorySink();
        Pipeline.Builder builder = Pipeline.builder(NAME)
                .source("db", source, TestSettings.of(source.config(), Map.of("database", disk.toString())))
                .batch(SMALL)
                .retry(QUICK)
                .commitPolicy(policy)
                .checkpoints(store);
        for (String id : sinks) {
            builder.sink(new SinkDefinition(
                    id,
                    id.equals(sinks.get(0)),
                    sink,
                    TestSettings.of(sink.config(), MemorySink.settings(disk + "/" + id)),
                    Envelope.NATIVE));
        }
        Pipeline pipeline = builder.build();
        pipeline.start();
        return pipeline;
    }

    @Override
    public void close() {
        restoreStorage();
    }
}
