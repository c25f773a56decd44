package io.deltaforge.api.error;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A configuration that cannot be used; holds every problem that was found, not the first alone.
 *
 * @since 0.1.0
 */
public final class ConfigException extends DeltaForgeException {

    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    /**
     * One thing that is wrong.
     *
     * @param path the setting's path ({@code pipelines.shop.sinks[0].brokers})
     * @param code what kind of fault it is, a stable word in capitals such as {@code INVALID_VALUE}
     * @param message what was found and what was expected; no secrets
     * @param suggestion what may have been meant, as it would be written in a file; empty when nothing is near
     */
    public record Problem(String path, String code, String message, Optional<String> suggestion) {

        /**
         * A value that will not do.
         *
         * @param path the setting's path
         * @param message what was found, what was expected, and the nearest valid name where there is one; no secrets
         */
        public Problem(String path, String message) {
            this(path, "INVALID_VALUE", message, Optional.empty());
        }

        @Override
        public String toString() {
            return path + ": " + message;
        }
    }

    /**
     * Makes a failure of everything that is wrong.
     *
     * @param problems at least one
     */
    public ConfigException(List<Problem> problems) {
        super(
                ErrorKind.FATAL,
                "CONFIG",
                problems.stream().map(Problem::toString).collect(Collectors.joining("\n")),
                null);
        this.problems = List.copyOf(problems);
    }

    /**
     * Makes a failure of one problem.
     *
     * @param path the setting's path, relative to what the reporting plugin was given
     * @param message what was found and what was expected
     */
    public ConfigException(String path, String message) {
        this(List.of(new Problem(path, message)));
    }

    /**
     * Returns what is wrong.
     *
     * @return every problem, unmodifiable
     */
    public List<Problem> problems() {
        return problems;
    }
}
