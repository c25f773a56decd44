package io.deltaforge.server.http;

import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.Operation;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which events somebody wants to see. */
record TapFilter(Pattern table, Set<String> operations) {

    private static final Set<String> ALL =
            Arrays.stream(Operation.values()).map(Operation::code).collect(Collectors.toCollection(TreeSet::new));

    private static final int LONGEST = 200;
    /** Each makes matching slower by the length of a name. */
    private static final int MOST_ASTERISKS = 3;

    /** Takes what was asked for; null for everything. */
    static TapFilter of(String tables, String operations) {
        Set<String> wanted = operations == null ? ALL : new TreeSet<>(Arrays.asList(operations.split(",", -1)));
        if (!ALL.containsAll(wanted)) {
            throw new ProblemException(400, "BAD_REQUEST", "op must be one or more of " + String.join(",", ALL));
        }
        String glob = tables == null ? "*" : tables;
        if (glob.isEmpty() || glob.length() > LONGEST) {
            throw new ProblemException(400, "BAD_REQUEST", "table must be a pattern such as public.orders or public.*");
        }
        if (glob.chars().filter(character -> character == '*').count() > MOST_ASTERISKS) {
            throw new ProblemException(400, "BAD_REQUEST", "table may have " + MOST_ASTERISKS + " asterisks");
        }
        String regex = Stream.of(glob.replaceAll("[*]+", "*").split("[*]", -1))
                .map(Pattern::quote)
                .collect(Collectors.joining(".*"));
        return new TapFilter(Pattern.compile(regex), wanted);
    }

    boolean wants(ChangeEvent event) {
        return operations.contains(event.operation().code())
                && table.matcher(event.table().qualifiedName()).matches();
    }
}
