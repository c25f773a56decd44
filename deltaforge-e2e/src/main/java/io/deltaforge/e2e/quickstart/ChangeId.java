package io.deltaforge.e2e.quickstart;

/**
 * Which change: no two changes of a run have the same.
 *
 * @param key the row
 * @param version the row's version after the change, for a delete the last one before it
 * @param op what happened
 */
record ChangeId(RowKey key, long version, Op op) {

    @Override
    public String toString() {
        return key + " version=" + version + " op=" + op.code();
    }
}
