package io.deltaforge.e2e.quickstart;

import static io.deltaforge.e2e.quickstart.ShopTable.CUSTOMERS;
import static io.deltaforge.e2e.quickstart.ShopTable.ORDERS;
import static io.deltaforge.e2e.quickstart.ShopTable.ORDER_ITEMS;
import static io.deltaforge.e2e.quickstart.ShopTable.PRODUCTS;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A shop that never closes: plans one transaction after the other, and knows every row as it was last committed. The same
 * seed gives the same transactions, but for the time of day. The number of rows is bounded, however long it runs.
 *
 * <p>Life cycle: {@link #opening()} once; then {@link #next()}, each followed by {@link #committed} unless it was rolled back.
 * Not thread-safe.
 */
final class Shop {
    private static final List<String> FIRST_NAMES = List.of(
            "Ada",
            "Grace",
            "Linus",
            "Zoë",
            "Søren",
            "Łukasz",
            "Margaret",
            "Edsger",
            "Barbara",
            "Núria",
            "Ken",
            "Radia");
    private static final List<String> LAST_NAMES = List.of(
            "Lovelace",
            "Hopper",
            "O'Neill",
            "García",
            "Dvořák",
            "Schröder",
            "Hamilton",
            "Ångström",
            "Perlman",
            "Lamport");
    private static final List<String> CITIES = List.of("Zürich", "Lisbon", "Kraków", "Oslo", "Dublin", "Graz", "Malmö");
    private static final List<String> THINGS = List.of(
            "Tea pot",
            "Desk lamp",
            "Notebook",
            "Fountain pen",
            "Globe",
            "Chess set",
            "Umbrella",
            "Watering can",
            "Clock");
    private static final List<String> NOTES = List.of(
            "gift wrap", "ring \"twice\"", "leave at the door", "back\\yard", "call first\t(mornings)", "¡gracias!");

    private static final int FIRST_CUSTOMERS = 20;
    private static final int FIRST_PRODUCTS = 12;
    private static final int MAX_CUSTOMERS = 2_000;
    private static final int MAX_ORDERS = 1_000;
    private static final int LOW_STOCK = 20;

    /** An order's way; the last stage ends with its deletion. */
    private static final List<String> STAGES = List.of("NEW", "PAID", "SHIPPED", "DELIVERED");

    private final Random random;
    private final Map<RowKey, ShopRow> rows = new LinkedHashMap<>();
    private final Map<String, Deque<Long>> ordersByStage = new LinkedHashMap<>();
    private final Map<Long, List<Long>> itemsByOrder = new LinkedHashMap<>();
    private long customers;
    private long products;
    private long orders;
    private long items;

    Shop(long seed) {
        random = new Random(seed);
        STAGES.forEach(stage -> ordersByStage.put(stage, new ArrayDeque<>()));
    }

    /** Returns the transactions that furnish the shop. */
    List<ShopTransaction> opening() {
        Draft stock = new Draft(rows);
        for (int i = 0; i < FIRST_PRODUCTS; i++) {
            addProduct(stock);
        }
        Draft people = new Draft(rows);
        for (int i = 0; i < FIRST_CUSTOMERS; i++) {
            addCustomer(people);
        }
        return List.of(stock.transaction(false), people.transaction(false));
    }

    /** Returns what a client does next. */
    ShopTransaction next() {
        Draft draft = new Draft(rows);
        int dice = random.nextInt(100);
        if (dice < 22 && itemsByOrder.size() < MAX_ORDERS) {
            placeOrder(draft);
        } else if (dice < 84) {
            advanceOrder(draft);
        } else if (dice < 88) {
            cancelOrder(draft);
        } else if (dice < 93) {
            changePrice(draft);
        } else if (dice < 98 || customers >= MAX_CUSTOMERS) {
            moveCustomer(draft);
        } else {
            addCustomer(draft);
        }
        return draft.transaction(random.nextInt(100) < 3);
    }

    /** Notes that a transaction was committed. */
    void committed(ShopTransaction transaction) {
        for (Change change : transaction.changes()) {
            if (change.before() != null) {
                forget(change.before());
            }
            if (change.after() != null) {
                remember(change.after());
            }
        }
    }

    private void remember(ShopRow row) {
        rows.put(row.key(), row);
        switch (row.table()) {
            case ORDERS -> {
                ordersByStage.get((String) row.value("status")).add(row.key().id());
                itemsByOrder.computeIfAbsent(row.key().id(), order -> new ArrayList<>());
            }
            case ORDER_ITEMS ->
                itemsByOrder.get(row.integer("order_id")).add(row.key().id());
            case CUSTOMERS, PRODUCTS -> {}
        }
    }

    private void forget(ShopRow row) {
        rows.remove(row.key());
        switch (row.table()) {
            case ORDERS -> {
                ordersByStage.get((String) row.value("status")).remove(row.key().id());
                if (itemsByOrder.get(row.key().id()).isEmpty()) {
                    itemsByOrder.remove(row.key().id());
                }
            }
            case ORDER_ITEMS ->
                itemsByOrder.get(row.integer("order_id")).remove(row.key().id());
            case CUSTOMERS, PRODUCTS -> {}
        }
    }

    private void placeOrder(Draft draft) {
        long order = ++orders;
        List<ShopRow> basket = new ArrayList<>();
        BigDecimal total = BigDecimal.ZERO.setScale(2);
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            ShopRow product = draft.row(new RowKey(PRODUCTS, 1 + random.nextInt(FIRST_PRODUCTS)));
            long quantity = 1L + random.nextInt(3);
            BigDecimal price = (BigDecimal) product.value("price");
            total = total.add(price.multiply(BigDecimal.valueOf(quantity)));
            basket.add(ShopRow.first(ORDER_ITEMS, ++items, order, product.key().id(), quantity, price));
        }
        String note = random.nextInt(4) == 0 ? pick(NOTES) : null;
        draft.create(ShopRow.first(ORDERS, order, someCustomer(), "NEW", total, note, now()));
        for (ShopRow item : basket) {
            draft.create(item);
            takeFromStock(draft, item);
        }
    }

    private static void takeFromStock(Draft draft, ShopRow item) {
        ShopRow product = draft.row(new RowKey(PRODUCTS, item.integer("product_id")));
        long stock = product.integer("stock") - item.integer("quantity");
        draft.update(product.with("stock", stock < LOW_STOCK ? stock + 500 : stock));
    }

    /** Moves the oldest order of some stage on by one; delivered ones go to the archive, which is somewhere else. */
    private void advanceOrder(Draft draft) {
        int first = random.nextInt(STAGES.size());
        for (int i = 0; i < STAGES.size(); i++) {
            int stage = (first + i) % STAGES.size();
            Long order = ordersByStage.get(STAGES.get(stage)).peek();
            if (order == null) {
                continue;
            }
            if (stage == STAGES.size() - 1) {
                removeOrder(draft, order);
            } else {
                draft.update(draft.row(new RowKey(ORDERS, order)).with("status", STAGES.get(stage + 1)));
            }
            return;
        }
        placeOrder(draft);
    }

    private void cancelOrder(Draft draft) {
        Long order = ordersByStage.get("NEW").peek();
        if (order == null) {
            placeOrder(draft);
            return;
        }
        for (Long item : itemsByOrder.get(order)) {
            ShopRow row = draft.row(new RowKey(ORDER_ITEMS, item));
            ShopRow product = draft.row(new RowKey(PRODUCTS, row.integer("product_id")));
            draft.update(product.with("stock", product.integer("stock") + row.integer("quantity")));
        }
        removeOrder(draft, order);
    }

    private void removeOrder(Draft draft, long order) {
        for (Long item : itemsByOrder.get(order)) {
            draft.delete(draft.row(new RowKey(ORDER_ITEMS, item)));
        }
        draft.delete(draft.row(new RowKey(ORDERS, order)));
    }

    private void changePrice(Draft draft) {
        ShopRow product = draft.row(new RowKey(PRODUCTS, 1 + random.nextInt(FIRST_PRODUCTS)));
        draft.update(product.with("price", somePrice()));
    }

    private void moveCustomer(Draft draft) {
        ShopRow customer = draft.row(new RowKey(CUSTOMERS, someCustomer()));
        draft.update(customer.with("city", random.nextInt(10) == 0 ? null : pick(CITIES)));
    }

    private void addCustomer(Draft draft) {
        long id = ++customers;
        String first = pick(FIRST_NAMES);
        String name = first + " " + pick(LAST_NAMES);
        draft.create(ShopRow.first(CUSTOMERS, id, name, "customer" + id + "@example.com", pick(CITIES), now()));
    }

    private void addProduct(Draft draft) {
        long id = ++products;
        String name = THINGS.get((int) (id - 1) % THINGS.size()) + " No. " + id;
        draft.create(ShopRow.first(PRODUCTS, id, sku(id), name, somePrice(), 500L));
    }

    /** Returns the article number of a product, which never changes and is never used again. */
    static String sku(long product) {
        return String.format("SKU-%04d", product);
    }

    /** One that exists for sure: whoever registers later may have been rolled back. */
    private long someCustomer() {
        return 1L + random.nextInt(FIRST_CUSTOMERS);
    }

    private BigDecimal somePrice() {
        return BigDecimal.valueOf(100 + random.nextInt(20_000), 2);
    }

    private String pick(List<String> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    /** As exactly as PostgreSQL keeps it. */
    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MICROS);
    }
}
