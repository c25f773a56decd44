package io.deltaforge.core.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaforge.api.event.EventBatch;
import io.deltaforge.core.support.Log;
import java.util.List;
import org.junit.jupiter.api.Test;

final class InFlightBatchesTest {

    @Test
    void shouldNotCountTheTimeOfAnEarlierTry() {
        InFlightBatches batches = new InFlightBatches();
        EventBatch batch = new EventBatch(1, List.of(Log.insert(new Log.Tx(1), 0)), Log.end(1));
        Window window = new Window(10, new MemoryBudget(1L << 20));
        batches.add(new SharedBatch(batch, Log.end(0), window, BatchObserver.NONE, 1, 1), batch, false);
        batches.next().deliveredAt(5);
        batches.rewind();

        batches.next();
        assertThat(batches.oldest().deliveredAt())
                .as("it has not been handed over in this try yet")
                .isZero();
    }
}
