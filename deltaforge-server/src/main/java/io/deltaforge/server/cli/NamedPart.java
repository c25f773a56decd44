package io.deltaforge.server.cli;

import io.deltaforge.api.config.NearestName;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Finds what a command line names. */
final class NamedPart {

    private NamedPart() {}

    /**
     * Finds a part by its name.
     *
     * @param kind what it is, for people
     * @param name as written
     * @param all what there is
     * @param nameOf names one of them
     * @throws ParameterException with the nearest name when there is none of that name
     */
    static <T> T find(CommandSpec spec, String kind, String name, List<T> all, Function<T, String> nameOf) {
        List<String> names = all.stream().map(nameOf).toList();
        return all.stream()
                .filter(each -> nameOf.apply(each).equals(name))
                .findFirst()
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(),
                        "There is no " + kind + " '" + name + "' in the configuration; "
                                + NearestName.of(name, names)
                                        .map(nearest -> "did you mean '" + nearest + "'?")
                                        .orElse("there are " + String.join(", ", names) + ".")));
    }
}
