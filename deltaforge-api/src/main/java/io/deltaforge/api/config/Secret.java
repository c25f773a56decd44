package io.deltaforge.api.config;

import static java.util.Objects.requireNonNull;

/**
 * Text that must not be seen: its string form is a mask.
 *
 * @since 0.1.0
 */
public final class Secret {

    private final String value;

    /**
     * Hides a text.
     *
     * @param value the text
     */
    public Secret(String value) {
        this.value = requireNonNull(value, "value is null");
    }

    /**
     * Gives the text away, for the one place that needs it.
     *
     * @return the text
     */
    public String reveal() {
        return value;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret that && value.equals(that.value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return "***";
    }
}
