package io.deltaforge.core.commit;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.source.SourceIdentity;
import io.deltaforge.core.support.Log;
import io.deltaforge.core.support.MemoryStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CheckpointCommitterTest {

    private static final Set<String> SINKS = Set.of("ahead", "behind");

    private final MemoryStore store = new MemoryStore();
    private final PipelineCheckpoints checkpoints = new PipelineCheckpoints(store, "shop");
    private CheckpointCommitter committer;

    private void start(Map<String, SourcePosition> cursors) {
        checkpoints.join(new SourceIdentity("test", "a log in memory"), List.copyOf(cursors.keySet()));
        CommitListener nobody = new CommitListener() {
            @Override
            public void saved(Map<String, Long> sequences, long nanos) {}

            @Override
            public void releasable(SourcePosition upTo) {}

            @Override
            public void storage(DeltaForgeException failure) {}
        };
        Map<String, SinkPosition> known = new HashMap<>();
        cursors.forEach((sink, cursor) -> known.put(sink, SinkPosition.at(cursor)));
        committer = new CheckpointCommitter("test-committer", checkpoints, new Log.Order(), known, nobody);
        committer.start();
    }

    private void advance(String sink, long batch, SourcePosition end) throws InterruptedException {
        committer.advanced(sink, batch, end);
        assertThat(committer.awaitSaved(TimeUnit.SECONDS.toNanos(30))).isTrue();
    }

    @AfterEach
    void close() {
        committer.close();
    }

    @Test
    void shouldCountNothingAsCommittedBeforeThisRunHasDeliveredAnything() {
        start(Map.of("ahead", Log.end(20), "behind", Log.end(2)));

        assertThat(committer.committed(CommitPolicy.all(), SINKS)).isEmpty();
    }

    @Test
    void shouldCountAsCommittedOnlyWhatEverySinkThatIsAskedForHolds() throws InterruptedException {
        start(Map.of("ahead", Log.end(20), "behind", Log.end(2)));

        advance("ahead", 1, Log.end(20));
        advance("behind", 1, Log.end(3));
        assertThat(committer.committed(CommitPolicy.all(), SINKS)).contains(Log.end(3));
        assertThat(committer.committed(CommitPolicy.required(), Set.of("ahead")))
                .contains(Log.end(20));

        advance("ahead", 7, Log.end(20));
        assertThat(committer.committed(CommitPolicy.all(), SINKS))
                .as("a later batch that ends where the sink was before")
                .contains(Log.end(3));
    }

    @Test
    void shouldRememberHowFarTheSpoolHasWhatANewSinkMisses() {
        start(Map.of("ahead", Log.end(20), "behind", Log.end(10)));

        committer.attach("new", Log.end(5), Optional.of(Log.end(15)));

        assertThat(committer.saved("new")).contains(Log.end(5));
        assertThat(store.cursor("new")).isEqualTo(Log.end(5));
        assertThat(store.entries.get("spooled/new")).isEqualTo(Log.end(15).toBytes());
    }

    @Test
    void shouldForgetWhatTheSpoolHadForASinkThatBeginsAnew() {
        start(Map.of("ahead", Log.end(20), "behind", Log.end(10)));
        committer.attach("new", Log.end(5), Optional.of(Log.end(15)));

        committer.attach("new", Log.end(20), Optional.empty());

        assertThat(store.cursor("new")).isEqualTo(Log.end(20));
        assertThat(store.entries).doesNotContainKey("spooled/new");
    }
}
