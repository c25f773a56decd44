package io.deltaforge.e2e.quickstart;

import java.util.List;

/**
 * What a client of the shop does in one database transaction.
 *
 * @param changes row by row, in order
 * @param rollsBack whether the client changes its mind at the end: then nobody may ever see the changes
 */
record ShopTransaction(List<Change> changes, boolean rollsBack) {

    ShopTransaction {
        changes = List.copyOf(changes);
    }
}
