package io.deltaforge.core.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MemoryBudgetTest {

    @Test
    void shouldLeaveEachPipelineItsOwnPartWhateverTheOthersHold() {
        MemoryBudget budget = new MemoryBudget(1_000, 2);
        MemoryBudget.Share stalled = budget.share();
        MemoryBudget.Share lively = budget.share();
        while (stalled.hasRoom(50)) {
            stalled.add(50);
        }
        assertThat(budget.used()).as("its own quarter, and the common half").isBetween(650L, 750L);
        stalled.add(60);
        assertThat(stalled.hasRoom(0)).as("what was read does not always fit").isFalse();
        assertThat(lively.hasRoom(50)).isTrue();
        lively.add(249);
        assertThat(lively.hasRoom(60))
                .as("its own part is used up, and so is the common one")
                .isFalse();
        assertThat(budget.used()).isBetween(1_000L, 1_020L);
        stalled.remove(500);
        assertThat(lively.hasRoom(50)).isTrue();
    }

    @Test
    void shouldGiveEverythingToAPipelineThatIsAlone() {
        MemoryBudget budget = new MemoryBudget(1_000);
        MemoryBudget.Share only = budget.share();
        only.add(900);
        assertThat(only.hasRoom(99)).isTrue();
        assertThat(only.hasRoom(100)).isFalse();
        only.remove(900);
        assertThat(budget.used()).isZero();
        assertThatThrownBy(() -> new MemoryBudget(0)).hasMessageContaining("0 and 1");
    }

    @Test
    void shouldDivideItselfAnewWhenPipelinesComeAndGo() {
        MemoryBudget budget = new MemoryBudget(1_000, 1);
        MemoryBudget.Share first = budget.share();
        first.add(900);
        budget.divide(2);
        MemoryBudget.Share second = budget.share();
        assertThat(second.hasRoom(200)).as("its own quarter is free for it").isTrue();
        assertThat(second.hasRoom(300))
                .as("the first has more than all that is common")
                .isFalse();

        first.close();
        assertThat(budget.used()).isZero();
        first.remove(900);
        assertThat(budget.used()).as("a late acknowledgement counts no more").isZero();
        assertThat(second.hasRoom(700)).isTrue();
        budget.divide(0);
        assertThat(second.hasRoom(999)).isTrue();
    }
}
