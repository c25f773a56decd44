package io.deltaforge.core.deadletter;

import java.util.Locale;

/** What happens when there is no room for another dead letter. */
public enum OverflowPolicy {
    /** Whoever has it waits until there is room; nothing is lost. */
    BLOCK,
    /** The oldest one is forgotten, counted and said in the log. */
    DROP_OLDEST,
    /** The new one is forgotten, counted and said in the log. */
    REJECT;

    /**
     * Returns the word for it.
     *
     * @return the value of {@code overflow_policy} in the configuration
     */
    public String configName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether somebody has decided that dead letters may be lost. */
    boolean mayLose() {
        return this != BLOCK;
    }
}
