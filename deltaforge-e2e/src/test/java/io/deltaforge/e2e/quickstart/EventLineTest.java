package io.deltaforge.e2e.quickstart;

import static io.deltaforge.e2e.quickstart.ShopTable.CUSTOMERS;
import static io.deltaforge.e2e.quickstart.ShopTable.ORDERS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class EventLineTest {
    private static final Instant NOW = Instant.parse("2026-11-24T10:02:11.204Z");
    private static final Screen SCREEN =
            Screen.plain(new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));

    @Test
    void shouldShowWhatAnUpdateChangedFromAndTo() {
        ShopRow order = ShopRow.first(ORDERS, 11873L, 3L, "NEW", new BigDecimal("12.50"), "gift wrap", NOW);

        String line = line(Change.update(order, order.with("status", "PAID")));

        assertThat(line)
                .contains(" u orders      id=11873  status=NEW -> PAID ")
                .endsWith(" 5 ms");
        assertThat(line).doesNotContain("version").doesNotContain("gift wrap");
    }

    @Test
    void shouldShowNothingThatTearsTheLineAndStayWithinEightyColumns() {
        ShopRow customer = ShopRow.first(
                CUSTOMERS, 123456L, "Margaret\n\u001b[31m\tHamilton-Schröder", "margaret@example.com", "Zürich", NOW);

        String line = line(Change.create(customer));

        assertThat(line)
                .hasSizeLessThanOrEqualTo(80)
                .doesNotContain("\n", "\t", "\u001b")
                .contains("..");
    }

    @Test
    void shouldStayWithinEightyColumnsForEveryEventOfTheShop() {
        Shop shop = new Shop(1);
        for (ShopTransaction transaction : shop.opening()) {
            shop.committed(transaction);
        }
        for (int i = 0; i < 5_000; i++) {
            ShopTransaction transaction = shop.next();
            shop.committed(transaction);
            for (Change change : transaction.changes()) {
                assertThat(line(change)).hasSizeLessThanOrEqualTo(80);
            }
        }
    }

    private static String line(Change change) {
        return EventLine.of(new SeenEvent(change, "id", 5), NOW, SCREEN);
    }
}
