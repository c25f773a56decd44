package io.deltaforge.core.envelope;

import java.util.Locale;

/** The shape of an encoded event. */
public enum Envelope {
    /** DeltaForge's own shape. */
    NATIVE;

    /**
     * Returns the name used in configurations.
     *
     * @return the name in lower case
     */
    public String configName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
