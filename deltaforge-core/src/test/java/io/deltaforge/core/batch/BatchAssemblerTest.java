package io.deltaforge.core.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.core.support.Log;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BatchAssemblerTest {

    private final List<String> cut = new ArrayList<>();
    private final List<BatchCut.Trigger> triggers = new ArrayList<>();
    private final List<Long> openedAt = new ArrayList<>();
    private int drained;
    private boolean sinkFree;
    private long now;

    private final BatchOutput output = new BatchOutput() {
        @Override
        public void batch(BatchCut batch) {
            cut.add(batch.events().stream().map(Log::name).toList() + "@" + batch.end() + (batch.whole() ? "" : "..."));
            triggers.add(batch.trigger());
            openedAt.add(batch.openedAtNanos());
        }

        @Override
        public void drained() {
            drained++;
        }

        @Override
        public boolean isSinkFree() {
            return sinkFree;
        }

        @Override
        public boolean awaitRoom(int waitingEvents, long waitingBytes, long timeoutNanos) {
            return true;
        }
    };

    private BatchAssembler assembler(int maxEvents, boolean whole, int splitEvents) {
        return new BatchAssembler(
                new BatchLimits(maxEvents, 1L << 20, 50, whole, 4, splitEvents, 1L << 20, 1_000), output, () -> now);
    }

    private static void transaction(BatchAssembler assembler, int number, int events) {
        Log.Tx tx = new Log.Tx(number);
        for (int i = 0; i < events; i++) {
            assembler.event(Log.insert(tx, i));
        }
        assembler.commit(Log.end(number));
    }

    @Test
    void shouldCutAtACommitOnceThereAreEnoughEvents() {
        BatchAssembler assembler = assembler(3, true, 100);
        transaction(assembler, 1, 2);
        assertThat(cut).isEmpty();
        transaction(assembler, 2, 1);
        assertThat(cut).containsExactly("[tx1#0, tx1#1, tx2#0]@2");
    }

    @Test
    void shouldSayWhyAndSinceWhenABatchWasCollected() {
        BatchAssembler assembler = assembler(3, true, 100);
        now = 7;
        transaction(assembler, 1, 3);
        now = TimeUnit.MILLISECONDS.toNanos(100);
        transaction(assembler, 2, 1);
        now += TimeUnit.MILLISECONDS.toNanos(50);
        assembler.idle(null);
        transaction(assembler, 3, 1);
        sinkFree = true;
        assembler.idle(null);
        assertThat(triggers).containsExactly(BatchCut.Trigger.LIMITS, BatchCut.Trigger.TIMER, BatchCut.Trigger.DRAINED);
        assertThat(openedAt)
                .containsExactly(7L, TimeUnit.MILLISECONDS.toNanos(100), TimeUnit.MILLISECONDS.toNanos(150));
    }

    @Test
    void shouldSayThatTheLogIsDrainedOnlyWhenNothingIsLeftInHand() {
        BatchAssembler assembler = assembler(3, true, 100);
        transaction(assembler, 1, 1);
        assembler.idle(null);
        assertThat(drained).isZero();
        sinkFree = true;
        assembler.idle(null);
        assertThat(drained).isEqualTo(1);
    }

    @Test
    void shouldCutBeforeATransactionThatDoesNotFitAnyMore() {
        BatchAssembler assembler = assembler(3, true, 100);
        transaction(assembler, 1, 2);
        transaction(assembler, 2, 5);
        assertThat(cut).containsExactly("[tx1#0, tx1#1]@1", "[tx2#0, tx2#1, tx2#2, tx2#3, tx2#4]@2");
    }

    @Test
    void shouldCutTransactionsAboveTheSplitLimitByOrdinal() {
        BatchAssembler assembler = assembler(2, true, 3);
        transaction(assembler, 1, 1);
        transaction(assembler, 2, 8);
        assertThat(cut)
                .containsExactly(
                        "[tx1#0]@1",
                        "[tx2#0, tx2#1, tx2#2]@2+2...",
                        "[tx2#3, tx2#4, tx2#5]@2+5...",
                        "[tx2#6, tx2#7]@2");
    }

    @Test
    void shouldNotSplitATransactionThatJustReachesTheLimit() {
        BatchAssembler assembler = assembler(2, true, 3);
        transaction(assembler, 1, 3);
        assertThat(cut).containsExactly("[tx1#0, tx1#1, tx1#2]@1");
    }

    @Test
    void shouldCutAnywhereWhenTransactionsNeedNotStayWhole() {
        BatchAssembler assembler = assembler(2, false, 100);
        transaction(assembler, 1, 3);
        assertThat(cut).containsExactly("[tx1#0, tx1#1]@1+1...");
        sinkFree = true;
        assembler.idle(null);
        assertThat(cut).last().isEqualTo("[tx1#2]@1");
    }

    @Test
    void shouldNeverPartChildrenOfOneEvent() {
        BatchAssembler assembler = assembler(1, false, 100);
        ChangeEvent event = Log.insert(new Log.Tx(1), 0);
        assembler.event(event.child(1, event.operation(), null, event.after()));
        assembler.event(event.child(2, event.operation(), null, event.after()));
        assembler.event(Log.insert(new Log.Tx(1), 1));
        assertThat(cut).containsExactly("[tx1#0.1, tx1#0.2]@1+0...");
    }

    @Test
    void shouldSendWhatThereIsWhenTheSourceIsDrainedAndASinkIsFree() {
        BatchAssembler assembler = assembler(100, true, 100);
        transaction(assembler, 1, 1);
        assembler.idle(null);
        assertThat(cut).isEmpty();
        sinkFree = true;
        assembler.idle(null);
        assertThat(cut).containsExactly("[tx1#0]@1");
    }

    @Test
    void shouldNotWaitLongerThanTheLimitForAFreeSink() {
        BatchAssembler assembler = assembler(100, true, 100);
        transaction(assembler, 1, 1);
        now += TimeUnit.MILLISECONDS.toNanos(50);
        assembler.idle(null);
        assertThat(cut).containsExactly("[tx1#0]@1");
        transaction(assembler, 2, 1);
        now += TimeUnit.MILLISECONDS.toNanos(50);
        transaction(assembler, 3, 1);
        assertThat(cut).last().isEqualTo("[tx2#0, tx3#0]@3");
    }

    @Test
    void shouldNeverSendAnOpenTransactionWhenTheSourceIsDrained() {
        sinkFree = true;
        BatchAssembler assembler = assembler(100, true, 100);
        transaction(assembler, 1, 1);
        assembler.event(Log.insert(new Log.Tx(2), 0));
        assembler.idle(Log.end(9));
        assertThat(cut).containsExactly("[tx1#0]@1");
        assembler.idle(Log.end(9));
        assertThat(cut).hasSize(1);
    }

    @Test
    void shouldLetPositionsAdvanceWithoutEvents() {
        BatchAssembler assembler = assembler(100, true, 100);
        assembler.commit(Log.end(1));
        now += TimeUnit.MILLISECONDS.toNanos(50);
        assembler.idle(null);
        assembler.idle(Log.end(5));
        assembler.idle(Log.end(5));
        assembler.idle(Log.end(6));
        assertThat(cut).containsExactly("[]@1", "[]@5");
        now += TimeUnit.SECONDS.toNanos(1);
        assembler.idle(Log.end(6));
        assertThat(cut).last().isEqualTo("[]@6");
    }

    @Test
    void shouldForgetWhatWasNotGivenOnAfterAReset() {
        sinkFree = true;
        BatchAssembler assembler = assembler(100, true, 100);
        transaction(assembler, 1, 2);
        assembler.event(Log.insert(new Log.Tx(2), 0));
        assembler.reset();
        assembler.idle(null);
        transaction(assembler, 1, 2);
        assembler.idle(null);
        assertThat(cut).containsExactly("[tx1#0, tx1#1]@1");
    }
}
