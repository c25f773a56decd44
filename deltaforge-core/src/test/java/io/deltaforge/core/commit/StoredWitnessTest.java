package io.deltaforge.core.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.core.support.Log;
import io.deltaforge.core.support.MemoryStore;
import org.junit.jupiter.api.Test;

class StoredWitnessTest {

    private static final SourcePosition FIRST = Log.end(1);
    private static final SourcePosition SECOND = Log.end(2);
    private static final SourcePosition THIRD = Log.at(3, 4);
    private static final SourcePosition FOURTH = Log.at(4, 4);

    private final MemoryStore store = new MemoryStore();
    private final PositionWitness witness = new PipelineCheckpoints(store, "shop").witness("kafka", new Log.Order());

    private void assertRegressed(SourcePosition held, SourcePosition remembered) {
        assertThatThrownBy(() -> witness.settle(held, remembered))
                .isInstanceOfSatisfying(DeltaForgeException.class, failure -> {
                    assertThat(failure.kind()).isEqualTo(ErrorKind.HELD);
                    assertThat(failure.reason()).isEqualTo("SINK_REGRESSED");
                    assertThat(failure.getMessage()).contains("kafka", "shop", remembered.toString());
                });
    }

    @Test
    void shouldBeginWhereTheEngineIsWhenTheTargetIsNew() {
        assertThat(witness.settle(null, FIRST)).isEqualTo(FIRST);
        assertThat(witness.settle(null, FIRST))
                .as("a start that was cut off before the first commit")
                .isEqualTo(FIRST);
    }

    @Test
    void shouldBelieveATargetThatIsAhead() {
        assertThat(witness.settle(SECOND, FIRST))
                .as("the data directory was lost and the target was not")
                .isEqualTo(SECOND);
        assertThat(witness.settle(THIRD, SECOND))
                .as("killed between commit and checkpoint")
                .isEqualTo(THIRD);
        assertThat(witness.settle(THIRD, THIRD)).isEqualTo(THIRD);
    }

    @Test
    void shouldHoldWhenTheTargetHasLostWhatItAcknowledged() {
        witness.settle(null, FIRST);

        assertRegressed(null, SECOND);
        assertRegressed(FIRST, SECOND);
    }

    @Test
    void shouldForgetOldPositionsOnceEventsWereDeliveredWithoutThem() {
        witness.settle(null, FIRST);
        witness.withoutPositions();

        assertThat(witness.settle(SECOND, THIRD)).isEqualTo(THIRD);
        assertThat(witness.settle(SECOND, THIRD))
                .as("a start that was cut off before the first commit")
                .isEqualTo(THIRD);
        assertRegressed(SECOND, FOURTH);
    }
}
