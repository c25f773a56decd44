package io.deltaforge.core.fanout;

import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.metrics.MetricScope;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Counts failures of finding out where an event goes, whether they fail a batch or have the event put aside. */
public final class RoutingErrors {

    private static final Set<String> CODES = Set.of("ROUTE", "TOPIC_INVALID", "TOPIC_MISSING");

    private RoutingErrors() {}

    /**
     * Counts a failure if it is one of these.
     *
     * @param scope a scope with the labels {@code pipeline} and {@code sink}
     * @param failure what happened
     */
    public static void count(MetricScope scope, DeltaForgeException failure) {
        if (CODES.contains(failure.reason())) {
            scope.with(Map.of("kind", failure.reason().toLowerCase(Locale.ROOT)))
                    .counter(
                            "deltaforge_sink_routing_errors_total",
                            "Events whose destination could not be told, by code")
                    .add(1);
        }
    }
}
