package io.deltaforge.e2e.quickstart;

/** Which row: its table and primary key. */
record RowKey(ShopTable table, long id) {

    @Override
    public String toString() {
        return table.tableName() + " id=" + id;
    }
}
