package io.deltaforge.e2e.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ShopTest {
    private static final int TRANSACTIONS = 20_000;
    private static final long SEED = Long.getLong("deltaforge.test.seed", 1L);

    @Test
    void shouldPlanOnlyChangesThatADatabaseWithTheCommittedRowsAccepts() {
        Map<RowKey, ShopRow> rows = new HashMap<>();
        for (ShopTransaction transaction : plan(new Shop(SEED), TRANSACTIONS)) {
            Map<RowKey, ShopRow> after = new HashMap<>(rows);
            for (Change change : transaction.changes()) {
                ShopRow last = change.op() == Op.DELETE
                        ? after.remove(change.row().key())
                        : after.put(change.row().key(), change.after());
                assertThat(last).as("seed %d, before %s", SEED, change).isEqualTo(change.before());
            }
            if (!transaction.rollsBack()) {
                rows = after;
            }
        }
        assertThat(rows.size())
                .as("rows of a shop that never closes, seed %d", SEED)
                .isLessThan(10_000);
    }

    @Test
    void shouldNeverUseTheIdentityOfACommittedChangeTwice() {
        List<ChangeId> ids = plan(new Shop(SEED), TRANSACTIONS).stream()
                .filter(transaction -> !transaction.rollsBack())
                .flatMap(transaction -> transaction.changes().stream())
                .map(Change::id)
                .toList();

        assertThat(ids).as("seed %d", SEED).doesNotHaveDuplicates();
    }

    @Test
    void shouldCreateUpdateAndDeleteAndSometimesRollBack() {
        List<ShopTransaction> transactions = plan(new Shop(SEED), 1_000);
        Set<Op> ops = EnumSet.noneOf(Op.class);
        Set<ShopTable> tables = EnumSet.noneOf(ShopTable.class);
        transactions.stream()
                .flatMap(transaction -> transaction.changes().stream())
                .forEach(change -> {
                    ops.add(change.op());
                    tables.add(change.row().table());
                });

        assertThat(ops).as("seed %d", SEED).containsExactlyInAnyOrder(Op.values());
        assertThat(tables).as("seed %d", SEED).containsExactlyInAnyOrder(ShopTable.values());
        assertThat(transactions).as("seed %d", SEED).anyMatch(ShopTransaction::rollsBack);
        assertThat(transactions)
                .as("seed %d, some values are null", SEED)
                .anyMatch(transaction -> transaction.changes().stream()
                        .map(Change::after)
                        .filter(Objects::nonNull)
                        .anyMatch(row -> row.values().contains(null)));
    }

    private static List<ShopTransaction> plan(Shop shop, int count) {
        List<ShopTransaction> transactions = new ArrayList<>(shop.opening());
        transactions.forEach(shop::committed);
        while (transactions.size() < count) {
            ShopTransaction transaction = shop.next();
            if (!transaction.rollsBack()) {
                shop.committed(transaction);
            }
            transactions.add(transaction);
        }
        return transactions;
    }
}
