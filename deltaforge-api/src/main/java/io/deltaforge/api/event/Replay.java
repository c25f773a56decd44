package io.deltaforge.api.event;

import java.util.Locale;

/**
 * How an event that was put aside comes to a sink after all. Envelopes and headers name it, so that consumers can tell it from
 * what comes from the log.
 *
 * @since 0.1.0
 */
public enum Replay {
    /** It comes from the log. */
    NONE,
    /** No later event of its key has been delivered before it. */
    IN_ORDER,
    /** A later event of its key may have been delivered already; somebody insisted. */
    FORCED;

    /**
     * Returns the word for it in envelopes and headers.
     *
     * @return the name in small letters
     */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
