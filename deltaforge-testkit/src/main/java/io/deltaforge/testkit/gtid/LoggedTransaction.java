package io.deltaforge.testkit.gtid;

import io.deltaforge.testkit.source.RowChange;
import java.util.List;

/** One transaction as servers keep it; without changes when it touched nothing that is captured. */
record LoggedTransaction(Gtid gtid, List<RowChange> changes) {}
