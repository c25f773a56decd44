package io.deltaforge.sink.kafka;

import io.deltaforge.api.metrics.Counter;
import io.deltaforge.api.metrics.MetricScope;

/** What is counted of transactions. Safe from any thread. */
final class TransactionMetrics {

    private final Counter commits;
    private final Counter aborts;

    TransactionMetrics(MetricScope scope) {
        this.commits = scope.counter("deltaforge_sink_txn_commits_total", "Transactions committed");
        this.aborts = scope.counter(
                "deltaforge_sink_txn_aborts_total",
                "Transactions that were aborted, or left to the next producer to settle");
    }

    void committed() {
        commits.add(1);
    }

    void aborted() {
        aborts.add(1);
    }
}
