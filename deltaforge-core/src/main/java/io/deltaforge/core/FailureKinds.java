package io.deltaforge.core;

import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.metrics.Counter;
import io.deltaforge.api.metrics.MetricScope;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/**
 * Counts what goes wrong with a source, by the words that the original's alerts know. All words are there from the start, at
 * zero, so that the first failure is an increase. Safe from any thread.
 */
final class FailureKinds {

    private static final List<String> KINDS = List.of(
            "auth",
            "connect",
            "checkpoint",
            "schema",
            "incompatible",
            "permission",
            "not_found",
            "io",
            "timeout",
            "backpressure",
            "cancelled",
            "other");

    private static final Map<String, String> KIND_OF_REASON = Map.ofEntries(
            Map.entry("AUTHENTICATION", "auth"),
            Map.entry("CONNECTION", "connect"),
            Map.entry("REFUSED", "connect"),
            Map.entry("TLS", "connect"),
            Map.entry("CATALOG_UNREACHABLE", "connect"),
            Map.entry("OWNERSHIP_LOST", "connect"),
            Map.entry("LOG_AHEAD", "checkpoint"),
            Map.entry("LOG_BEHIND", "checkpoint"),
            Map.entry("SLOT_AHEAD", "checkpoint"),
            Map.entry("POSITION_DAMAGED", "checkpoint"),
            Map.entry("POSITION_FOREIGN", "checkpoint"),
            Map.entry("TIMELINE_DIVERGED", "checkpoint"),
            Map.entry("TRANSACTION_DIFFERS", "checkpoint"),
            Map.entry("MALFORMED_MESSAGE", "schema"),
            Map.entry("MALFORMED_VALUE", "schema"),
            Map.entry("UNEXPECTED_MESSAGE", "schema"),
            Map.entry("WAL_LEVEL", "incompatible"),
            Map.entry("NOT_PRIMARY", "incompatible"),
            Map.entry("SLOT_UNUSABLE", "incompatible"),
            Map.entry("NO_RIGHT", "permission"),
            Map.entry("NO_REPLICATION_RIGHT", "permission"),
            Map.entry("DATABASE_MISSING", "not_found"),
            Map.entry("MISSING", "not_found"),
            Map.entry("NO_TABLES", "not_found"),
            Map.entry("PUBLICATION_MISSING", "not_found"),
            Map.entry("SLOT_MISSING", "not_found"),
            Map.entry("SLOT_INVALIDATED", "not_found"),
            Map.entry("INTERRUPTED", "cancelled"));

    private final Map<String, Counter> counters = new HashMap<>();

    FailureKinds(MetricScope scope) {
        for (String kind : KINDS) {
            counters.put(
                    kind,
                    scope.with(Map.of("kind", kind))
                            .counter("deltaforge_source_errors_total", "Failures of the source by kind"));
        }
    }

    void count(DeltaForgeException failure) {
        counters.get(kind(failure)).add(1);
    }

    static String kind(DeltaForgeException failure) {
        String known = KIND_OF_REASON.get(failure.reason());
        if (known != null) {
            return known;
        }
        if (failure instanceof CheckpointException) {
            return "checkpoint";
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof TimeoutException || cause instanceof SocketTimeoutException) {
                return "timeout";
            }
            if (cause instanceof IOException) {
                return "io";
            }
        }
        return "other";
    }
}
