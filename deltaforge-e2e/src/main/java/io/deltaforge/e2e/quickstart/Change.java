package io.deltaforge.e2e.quickstart;

/**
 * One change of one row, as the shop committed it or as Kafka shows it.
 *
 * @param op what happened
 * @param before the row before, null for a create
 * @param after the row after, null for a delete
 */
record Change(Op op, ShopRow before, ShopRow after) {

    Change {
        if ((before == null) != (op == Op.CREATE) || (after == null) != (op == Op.DELETE)) {
            throw new EventFormatException("op " + op.code() + " with before " + before + " and after " + after);
        }
        if (before != null && after != null && !before.key().equals(after.key())) {
            throw new EventFormatException("before is " + before.key() + ", after is " + after.key());
        }
    }

    static Change create(ShopRow after) {
        return new Change(Op.CREATE, null, after);
    }

    static Change update(ShopRow before, ShopRow after) {
        return new Change(Op.UPDATE, before, after);
    }

    static Change delete(ShopRow before) {
        return new Change(Op.DELETE, before, null);
    }

    /** Returns the row after the change, for a delete the row before it. */
    ShopRow row() {
        return after != null ? after : before;
    }

    ChangeId id() {
        return new ChangeId(row().key(), row().version(), op);
    }

    @Override
    public String toString() {
        return op.code() + " " + before + " -> " + after;
    }
}
