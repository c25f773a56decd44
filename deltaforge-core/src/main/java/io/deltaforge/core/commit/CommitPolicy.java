package io.deltaforge.core.commit;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Decides from the set of sinks that hold a batch durably whether the pipeline reports the batch as committed. A pure
 * function over names, never over counts of acknowledgements: an optional sink's word cannot stand in for a required
 * one's. The policy decides what is reported, not what the source may forget.
 */
public final class CommitPolicy {

    private enum Mode {
        ALL,
        REQUIRED,
        QUORUM
    }

    private final Mode mode;
    private final int quorum;

    private CommitPolicy(Mode mode, int quorum) {
        this.mode = mode;
        this.quorum = quorum;
    }

    /**
     * Every sink must hold the batch.
     *
     * @return the policy {@code all}
     */
    public static CommitPolicy all() {
        return new CommitPolicy(Mode.ALL, 0);
    }

    /**
     * Every required sink must hold the batch.
     *
     * @return the policy {@code required}, the default
     */
    public static CommitPolicy required() {
        return new CommitPolicy(Mode.REQUIRED, 0);
    }

    /**
     * Any so many sinks must hold the batch.
     *
     * @param sinks how many
     * @return the policy {@code quorum}
     */
    public static CommitPolicy quorum(int sinks) {
        return new CommitPolicy(Mode.QUORUM, sinks);
    }

    /**
     * Applies the policy.
     *
     * @param sinks every sink of the pipeline
     * @param required those of them that are required
     * @param acknowledged those that hold the batch durably; names that are not sinks of the pipeline do not count
     * @return whether the batch is committed
     */
    public boolean isCommitted(Set<String> sinks, Set<String> required, Set<String> acknowledged) {
        return switch (mode) {
            case ALL -> acknowledged.containsAll(sinks);
            case REQUIRED -> acknowledged.containsAll(required);
            case QUORUM -> sinks.stream().filter(acknowledged::contains).count() >= quorum;
        };
    }

    /**
     * Checks that the policy can be met, and means something, with these sinks.
     *
     * @param sinks every sink of the pipeline
     * @param required those of them that are required
     * @return what is wrong, for people; empty when nothing is
     */
    public List<String> problems(Set<String> sinks, Set<String> required) {
        List<String> problems = new ArrayList<>();
        if (mode == Mode.REQUIRED && required.isEmpty()) {
            problems.add("policy 'required' needs at least one sink with required = true, and none of " + sinks
                    + " is; mark one, or use 'all' or 'quorum'");
        }
        if (mode == Mode.QUORUM && (quorum < 1 || quorum > sinks.size())) {
            problems.add(
                    "quorum must be from 1 to the number of sinks, which is " + sinks.size() + ", and is " + quorum);
        }
        return problems;
    }

    @Override
    public String toString() {
        return switch (mode) {
            case ALL -> "all";
            case REQUIRED -> "required";
            case QUORUM -> "quorum of " + quorum;
        };
    }
}
