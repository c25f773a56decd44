package io.deltaforge.e2e.quickstart;

import static io.deltaforge.e2e.quickstart.ShopTable.PRODUCTS;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class LedgerTest {
    private static final ShopRow FIRST =
            ShopRow.first(PRODUCTS, 7L, "SKU-0007", "Globe", new BigDecimal("12.50"), 500L);
    private static final ShopRow SECOND = FIRST.with("stock", 499L);
    private static final ShopRow THIRD = SECOND.with("stock", 498L);

    private final Ledger ledger = new Ledger();

    @Test
    void shouldHoldWhenEveryCommittedChangeIsSeenAsItWas() {
        ledger.committed(List.of(Change.create(FIRST), Change.update(FIRST, SECOND)));
        ledger.committed(List.of(Change.delete(SECOND)));

        see(Change.create(FIRST), Change.update(FIRST, SECOND), Change.delete(SECOND));
        ledger.compareWith(List.of());

        assertThat(ledger.verdict().holds()).isTrue();
        assertThat(ledger.verdict().counts().found()).isEqualTo(3);
    }

    @Test
    void shouldHoldWhenAnEventIsSeenBeforeItsCommitHasReturned() {
        see(Change.create(FIRST));
        ledger.committed(List.of(Change.create(FIRST)));

        assertThat(ledger.verdict().holds()).isTrue();
    }

    @Test
    void shouldNotHoldWhenNothingWasCommittedAtAll() {
        assertThat(ledger.verdict().holds()).isFalse();
    }

    @Test
    void shouldNameTheChangeThatIsMissing() {
        ledger.committed(List.of(Change.create(FIRST), Change.update(FIRST, SECOND)));
        see(Change.create(FIRST));

        assertThat(ledger.verdict().holds()).isFalse();
        assertThat(ledger.verdict().missing()).containsExactly("products id=7 version=2 op=u");
    }

    @Test
    void shouldNameTheChangeThatNobodyCommitted() {
        ledger.committed(List.of(Change.create(FIRST)));
        see(Change.create(FIRST), Change.update(FIRST, SECOND));

        assertThat(ledger.verdict().holds()).isFalse();
        assertThat(ledger.verdict().unknown()).containsExactly("products id=7 version=2 op=u");
    }

    @Test
    void shouldNotMistakeTwoFaultsThatCancelOutForSuccess() {
        ledger.committed(List.of(Change.create(FIRST), Change.update(FIRST, SECOND)));
        Change create = Change.create(FIRST);
        ledger.seen(new SeenEvent(create, "one", 1));
        ledger.seen(new SeenEvent(create, "one", 1));

        assertThat(ledger.verdict().holds()).isFalse();
        assertThat(ledger.verdict().missing()).hasSize(1);
        assertThat(ledger.verdict().counts().duplicates()).isEqualTo(1);
    }

    @Test
    void shouldNoticeAnotherValueInTheRowAfter() {
        ledger.committed(List.of(Change.create(FIRST)));
        see(Change.create(ShopRow.first(PRODUCTS, 7L, "SKU-0007", "Globe", new BigDecimal("12.5"), 500L)));

        assertThat(ledger.verdict().holds()).isFalse();
        assertThat(ledger.verdict().problems()).singleElement().asString().contains("12.50", "12.5,");
    }

    @Test
    void shouldNoticeAnotherValueInTheRowBefore() {
        ledger.committed(List.of(Change.create(FIRST), Change.update(FIRST, SECOND), Change.update(SECOND, THIRD)));
        see(Change.create(FIRST), Change.update(FIRST, SECOND));
        see(Change.update(FIRST, THIRD));

        assertThat(ledger.verdict().holds()).isFalse();
    }

    @Test
    void shouldNoticeVersionsOfARowInTheWrongOrder() {
        ledger.committed(List.of(Change.create(FIRST), Change.update(FIRST, SECOND), Change.update(SECOND, THIRD)));
        see(Change.create(FIRST), Change.update(SECOND, THIRD), Change.update(FIRST, SECOND));

        assertThat(ledger.verdict().holds()).isFalse();
        assertThat(ledger.verdict().missing()).isEmpty();
        assertThat(ledger.verdict().problems())
                .containsExactly(
                        "products id=7 version=3 op=u came after version=1",
                        "products id=7 version=2 op=u came after version=3");
    }

    @Test
    void shouldCountARewindAndAcceptIt() {
        ledger.committed(List.of(Change.create(FIRST), Change.update(FIRST, SECOND)));
        List<SeenEvent> events = List.of(
                new SeenEvent(Change.create(FIRST), "one", 1), new SeenEvent(Change.update(FIRST, SECOND), "two", 1));
        events.forEach(ledger::seen);
        events.forEach(ledger::seen);

        assertThat(ledger.verdict().holds()).isTrue();
        assertThat(ledger.verdict().counts().duplicates()).isEqualTo(2);
    }

    @Test
    void shouldNoticeAnEventThatIsDeliveredAgainWithAnotherContent() {
        ledger.committed(List.of(Change.create(FIRST), Change.update(FIRST, SECOND)));
        ledger.seen(new SeenEvent(Change.create(FIRST), "one", 1));
        ledger.seen(new SeenEvent(Change.update(FIRST, SECOND), "two", 1));
        ledger.seen(new SeenEvent(Change.update(FIRST, FIRST.with("stock", 0L)), "two", 1));

        assertThat(ledger.verdict().holds()).isFalse();
    }

    @Test
    void shouldNoticeATableThatEndsOtherwiseThanItsTopic() {
        ledger.committed(List.of(Change.create(FIRST)));
        see(Change.create(FIRST));

        ledger.compareWith(List.of(SECOND));

        assertThat(ledger.verdict().holds()).isFalse();
    }

    @Test
    void shouldNoticeARowThatOnlyTheTopicHas() {
        ledger.committed(List.of(Change.create(FIRST)));
        see(Change.create(FIRST));

        ledger.compareWith(List.of());

        assertThat(ledger.verdict().holds()).isFalse();
    }

    private void see(Change... changes) {
        for (Change change : changes) {
            ledger.seen(new SeenEvent(change, UUID.randomUUID().toString(), 1));
        }
    }
}
