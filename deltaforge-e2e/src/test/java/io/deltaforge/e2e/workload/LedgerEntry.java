package io.deltaforge.e2e.workload;

/**
 * What a transaction wrote about itself in table {@code ledger}, as its last statement.
 *
 * @param txid the number the workload gave it
 * @param changes how many rows of {@code item} it changed
 * @param checksum the sum of their {@link ItemChange#digest()}
 */
public record LedgerEntry(long txid, int changes, long checksum) {}
