package io.deltaforge.e2e.workload;

/**
 * A row of table {@code item}.
 *
 * @param version how often its key has been changed
 * @param txid the transaction that wrote it
 * @param note its text
 */
public record Item(long version, long txid, String note) {}
