package io.deltaforge.e2e.oracle;

import io.deltaforge.e2e.workload.LedgerEntry;
import java.util.BitSet;
import java.util.Optional;

/** What has arrived of one transaction, each event counted once. */
final class TransactionSum {

    private final BitSet ordinals = new BitSet();
    private LedgerEntry claimed;
    private long checksum;
    private int changes;
    private long end;

    /** Says what is wrong with the event, if anything is. */
    Optional<String> add(Delivered event) {
        if (ordinals.get((int) event.ordinal())) {
            return Optional.of(
                    "transaction " + event.transaction() + " has two events with ordinal " + event.ordinal());
        }
        ordinals.set((int) event.ordinal());
        if (event.transactionEnd()) {
            if (end != 0) {
                return Optional.of(
                        "transaction " + event.transaction() + " ends at event " + end + " and at " + event.ordinal());
            }
            end = event.ordinal();
        }
        if (event.table().equals("ledger")) {
            claimed = event.ledgerEntry();
        } else {
            changes++;
            checksum += event.change().digest();
        }
        return Optional.empty();
    }

    /** Returns the transaction's own number, if its ledger entry has arrived. */
    Optional<Long> txid() {
        return Optional.ofNullable(claimed).map(LedgerEntry::txid);
    }

    /** Compares with what the database says; says what is missing, if anything is. */
    Optional<String> compare(LedgerEntry committed) {
        LedgerEntry arrived = new LedgerEntry(claimed.txid(), changes, checksum);
        if (!committed.equals(claimed) || !committed.equals(arrived)) {
            return Optional.of("of " + committed + " arrived " + arrived + ", and the entry says " + claimed);
        }
        int total = committed.changes() + 1;
        if (ordinals.nextClearBit(1) != total + 1 || ordinals.length() != total + 1) {
            return Optional.of("the " + total + " events of " + committed + " have the ordinals " + ordinals);
        }
        if (end != total) {
            return Optional.of("the end of " + committed + " is marked at event " + end + " of " + total);
        }
        return Optional.empty();
    }
}
