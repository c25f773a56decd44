package io.deltaforge.server.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Pipelines and their sinks as lines, from what the API says of them. */
final class PipelineTable {

    private static final String ROW = "%-30s %-12s %10s %10s %8s  %s%n";

    private PipelineTable() {}

    /** Every pipeline with how it does. */
    static List<Map<?, ?>> fetch(ApiClient process) throws ApiClient.Refused {
        List<Map<?, ?>> pipelines = new ArrayList<>();
        for (Object brief : (List<?>) process.get("/pipelines")) {
            try {
                pipelines.add((Map<?, ?>) process.get("/pipelines" + ApiClient.part(name(brief))));
            } catch (ApiClient.Refused e) {
                // Deleted meanwhile.
            }
        }
        return pipelines;
    }

    private static String name(Object pipeline) {
        return String.valueOf(((Map<?, ?>) pipeline).get("name"));
    }

    /**
     * Returns a line per pipeline and sink.
     *
     * @param pipelines as {@link #fetch} returned them
     * @param before as it returned them before; null for no rates
     * @param seconds what lies between
     */
    static String text(List<Map<?, ?>> pipelines, List<Map<?, ?>> before, double seconds, Style style) {
        StringBuilder text = new StringBuilder();
        text.append(style.strong(ROW.formatted("PIPELINE / SINK", "STATE", "EVENTS", "EVENTS/S", "LAG", "WHY")
                        .stripTrailing()))
                .append(System.lineSeparator());
        for (Map<?, ?> pipeline : pipelines) {
            Map<?, ?> ops = (Map<?, ?>) pipeline.get("ops");
            Map<?, ?> opsBefore = opsOf(before, name(pipeline));
            String lag = String.format(Locale.ROOT, "%.1f s", number(ops.get("lag_seconds")));
            append(text, name(pipeline), pipeline, ops, opsBefore, seconds, lag);
            for (Object item : (List<?>) ops.get("sinks")) {
                Map<?, ?> sink = (Map<?, ?>) item;
                append(text, "  " + sink.get("id"), sink, sink, sinkOf(opsBefore, sink.get("id")), seconds, "");
            }
        }
        return text.toString();
    }

    private static void append(
            StringBuilder text,
            String name,
            Map<?, ?> shown,
            Map<?, ?> counted,
            Map<?, ?> countedBefore,
            double seconds,
            String lag) {
        double events = number(counted.get("events"));
        String rate = countedBefore.isEmpty()
                ? "-"
                : String.format(
                        Locale.ROOT, "%.0f", Math.max(0, events - number(countedBefore.get("events"))) / seconds);
        String why =
                shown.get("cause") instanceof Map<?, ?> cause ? cause.get("reason") + ": " + cause.get("message") : "";
        text.append(ROW.formatted(name, shown.get("state"), (long) events, rate, lag, firstOf(why))
                        .stripTrailing())
                .append(System.lineSeparator());
    }

    private static String firstOf(String text) {
        String line = text.lines().findFirst().orElse("");
        return line.length() > 80 ? line.substring(0, 77) + "..." : line;
    }

    private static Map<?, ?> opsOf(List<Map<?, ?>> pipelines, String name) {
        return pipelines == null
                ? Map.of()
                : pipelines.stream()
                        .filter(pipeline -> name(pipeline).equals(name))
                        .findFirst()
                        .<Map<?, ?>>map(pipeline -> (Map<?, ?>) pipeline.get("ops"))
                        .orElse(Map.of());
    }

    private static Map<?, ?> sinkOf(Map<?, ?> ops, Object id) {
        if (ops.get("sinks") instanceof List<?> sinks) {
            for (Object sink : sinks) {
                if (((Map<?, ?>) sink).get("id").equals(id)) {
                    return (Map<?, ?>) sink;
                }
            }
        }
        return Map.of();
    }

    private static double number(Object value) {
        return value instanceof Number number ? number.doubleValue() : 0;
    }
}
