package io.deltaforge.server.metrics;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The samples of a page in the Prometheus text format. */
public final class Samples {

    private static final Pattern LINE = Pattern.compile("([a-zA-Z_:][\\w:]*)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\",?");

    private final Map<String, Map<Map<String, String>, Double>> families = new TreeMap<>();

    public Samples(String page) {
        page.lines().filter(line -> !line.startsWith("#") && !line.isBlank()).forEach(line -> {
            Matcher sample = LINE.matcher(line);
            if (!sample.matches()) {
                throw new IllegalArgumentException("not a sample: " + line);
            }
            Map<String, String> labels = new TreeMap<>();
            if (sample.group(2) != null) {
                Matcher label = LABEL.matcher(sample.group(2));
                while (label.find()) {
                    labels.put(label.group(1), label.group(2));
                }
            }
            double value = sample.group(3).equals("NaN")
                    ? Double.NaN
                    : Double.parseDouble(sample.group(3).replace("Inf", "Infinity"));
            families.computeIfAbsent(sample.group(1), name -> new LinkedHashMap<>())
                    .put(labels, value);
        });
    }

    /** The series of a name whose labels contain all of these, by their labels. */
    public Map<Map<String, String>, Double> of(String name, Map<String, String> labels) {
        Map<Map<String, String>, Double> fitting = new LinkedHashMap<>();
        families.getOrDefault(name, Map.of()).forEach((all, value) -> {
            if (all.entrySet().containsAll(labels.entrySet())) {
                fitting.put(all, value);
            }
        });
        return fitting;
    }

    /** The sum over these series; zero when there are none. */
    public double sum(String name, Map<String, String> labels) {
        return of(name, labels).values().stream()
                .mapToDouble(Double::doubleValue)
                .sum();
    }

    /** The one series with these labels and no others. */
    public double only(String name, Map<String, String> labels) {
        Double value = families.getOrDefault(name, Map.of()).get(new TreeMap<>(labels));
        if (value == null) {
            throw new AssertionError("there is no " + name + labels + " among " + families.get(name));
        }
        return value;
    }
}
