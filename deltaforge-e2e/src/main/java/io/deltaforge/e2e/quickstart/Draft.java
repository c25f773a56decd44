package io.deltaforge.e2e.quickstart;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A transaction being planned: reads what it has changed itself, and else what was committed. Not thread-safe. */
final class Draft {
    private final Map<RowKey, ShopRow> committed;
    private final Map<RowKey, ShopRow> own = new HashMap<>();
    private final List<Change> changes = new ArrayList<>();

    Draft(Map<RowKey, ShopRow> committed) {
        this.committed = committed;
    }

    /** Returns a row that exists. */
    ShopRow row(RowKey key) {
        ShopRow row = own.getOrDefault(key, committed.get(key));
        if (row == null) {
            throw new IllegalStateException(key + " does not exist");
        }
        return row;
    }

    void create(ShopRow row) {
        own.put(row.key(), row);
        changes.add(Change.create(row));
    }

    void update(ShopRow next) {
        changes.add(Change.update(row(next.key()), next));
        own.put(next.key(), next);
    }

    void delete(ShopRow row) {
        own.put(row.key(), null);
        changes.add(Change.delete(row));
    }

    ShopTransaction transaction(boolean rollsBack) {
        return new ShopTransaction(changes, rollsBack);
    }
}
