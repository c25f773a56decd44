package io.deltaforge.core.deadletter;

import java.util.Locale;

/** What becomes of later events of a key of which one was put aside. */
public enum OnPoison {
    /** They are delivered; the letter is marked as superseded. */
    SKIP,
    /** They are put aside behind it, in order, until it has been replayed. */
    PARK_KEY;

    /**
     * Returns the word for it.
     *
     * @return the value of {@code on_poison} in the configuration
     */
    public String configName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
