package io.deltaforge.server.config.text;

import io.deltaforge.server.config.finding.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Estimates how long a text gets once its references to other settings are followed. Twenty lines, each with the one before it
 * twice, are a million times the first.
 */
final class ExpandedSize {

    private static final long ENOUGH = 1L << 40;

    private final TreeMap<Integer, HoconScan.Reference> references = new TreeMap<>();
    private final Map<String, Place> values = new HashMap<>();
    private final Map<String, Long> sizes = new HashMap<>();
    private final Set<String> underWay = new HashSet<>();
    private final int length;

    ExpandedSize(HoconScan scan, String text) {
        this.length = text.length();
        scan.references().forEach(reference -> references.put(reference.place().start(), reference));
        scan.written().forEach((path, written) -> values.put(path, written.value()));
    }

    long estimate() {
        long size = length;
        for (HoconScan.Reference reference : references.values()) {
            size = Math.min(ENOUGH, size + size(reference.name()));
        }
        return size;
    }

    /** Follows references with a stack of its own, since a chain of them may be long. */
    private long size(String name) {
        List<String> stack = new ArrayList<>(List.of(name));
        while (!stack.isEmpty()) {
            String top = stack.get(stack.size() - 1);
            Place value = values.get(top);
            if (value == null || sizes.containsKey(top)) {
                sizes.putIfAbsent(top, 0L);
                stack.remove(stack.size() - 1);
                continue;
            }
            long size = (long) value.end() - value.start();
            boolean complete = true;
            for (HoconScan.Reference inner :
                    references.subMap(value.start(), value.end()).values()) {
                Long known = sizes.get(inner.name());
                if (known != null) {
                    size = Math.min(ENOUGH, size + known);
                } else if (values.containsKey(inner.name()) && !underWay.contains(inner.name())) {
                    stack.add(inner.name());
                    complete = false;
                }
            }
            underWay.add(top);
            if (complete) {
                sizes.put(top, size);
                stack.remove(stack.size() - 1);
            }
        }
        return sizes.get(name);
    }
}
