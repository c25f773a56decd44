package io.deltaforge.server.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * One line of a metric family: its name and its labels, in the order of their names. Names are those that Prometheus allows
 * (its documentation, "Metric names and labels").
 */
record Series(String family, List<String> labelNames, List<String> labelValues) {

    private static final Pattern METRIC = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");
    private static final Pattern LABEL = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");

    static Series of(String family, Map<String, String> labels) {
        Map<String, String> sorted = new TreeMap<>(labels);
        if (!METRIC.matcher(family).matches()) {
            throw new IllegalArgumentException("'" + family + "' is not the name of a metric");
        }
        sorted.keySet().forEach(label -> {
            if (!LABEL.matcher(label).matches() || label.equals("le")) {
                throw new IllegalArgumentException("'" + label + "' is not the name of a label");
            }
        });
        return new Series(family, List.copyOf(sorted.keySet()), List.copyOf(sorted.values()));
    }

    /** Says whether all of these labels are among its own. */
    boolean has(Map<String, String> labels) {
        return labels.entrySet().stream().allMatch(label -> {
            int at = labelNames.indexOf(label.getKey());
            return at >= 0 && labelValues.get(at).equals(label.getValue());
        });
    }

    /** The name under which the registry keeps the metric. */
    String key() {
        List<String> labels = new ArrayList<>();
        for (int i = 0; i < labelNames.size(); i++) {
            labels.add(labelNames.get(i) + "=\"" + labelValues.get(i) + "\"");
        }
        return family + labels;
    }
}
