package io.deltaforge.core.commit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class CommitPolicyTest {

    private static final Set<String> SINKS = Set.of("a", "b", "c");
    private static final Set<String> REQUIRED = Set.of("a", "b");

    @Test
    void allNeedsEverySinkOptionalOnesIncluded() {
        CommitPolicy all = CommitPolicy.all();
        assertThat(all.isCommitted(SINKS, REQUIRED, Set.of("a", "b", "c"))).isTrue();
        assertThat(all.isCommitted(SINKS, REQUIRED, Set.of("a", "b"))).isFalse();
    }

    @Test
    void requiredIsNotMetByAsManyOtherSinks() {
        CommitPolicy required = CommitPolicy.required();
        assertThat(required.isCommitted(SINKS, REQUIRED, Set.of("a", "b"))).isTrue();
        assertThat(required.isCommitted(SINKS, REQUIRED, Set.of("a", "c"))).isFalse();
    }

    @Test
    void quorumCountsSinksOfThePipelineAlone() {
        CommitPolicy two = CommitPolicy.quorum(2);
        assertThat(two.isCommitted(SINKS, REQUIRED, Set.of("b", "c"))).isTrue();
        assertThat(two.isCommitted(SINKS, REQUIRED, Set.of("b", "stranger"))).isFalse();
    }

    @Test
    void shouldRefusePoliciesThatCanNeverBeMetOrMeanNothing() {
        assertThat(CommitPolicy.quorum(4).problems(SINKS, REQUIRED))
                .singleElement()
                .asString()
                .contains("3", "4");
        assertThat(CommitPolicy.quorum(0).problems(SINKS, REQUIRED)).hasSize(1);
        assertThat(CommitPolicy.required().problems(SINKS, Set.of())).hasSize(1);
        assertThat(CommitPolicy.all().problems(SINKS, Set.of())).isEmpty();
    }
}
