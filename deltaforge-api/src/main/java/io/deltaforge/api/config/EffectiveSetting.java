package io.deltaforge.api.config;

import static java.util.Objects.requireNonNull;

/**
 * A setting of a client that a plugin uses, such as a driver or a producer, as it will be used, and why. For people who tune:
 * never holds a secret.
 *
 * @param name what the client calls it
 * @param value its value as text; {@code ***} for a secret; empty when the client has none
 * @param origin why it has this value
 * @param from what the value comes from: the path or name of a setting; empty when the origin says it all
 * @since 0.1.0
 */
public record EffectiveSetting(String name, String value, Origin origin, String from) {

    /** Why a setting has its value. */
    public enum Origin {
        /** The user has set it, under the client's own name. */
        USER,
        /** The user has set it, under another name. */
        TRANSLATED,
        /** It follows from something else that the user has set, or from names. */
        DERIVED,
        /** The plugin's default. */
        DELTAFORGE,
        /** The client's own default. */
        CLIENT
    }

    /**
     * Refuses missing parts.
     *
     * @param name what the client calls it
     * @param value its value as text
     * @param origin why it has this value
     * @param from what the value comes from
     */
    public EffectiveSetting {
        requireNonNull(name, "name is null");
        requireNonNull(value, "value is null");
        requireNonNull(origin, "origin is null");
        requireNonNull(from, "from is null");
    }

    /**
     * A setting that must not be shown.
     *
     * @param name what the client calls it
     * @param value the secret, which is dropped; empty when there is none
     * @param origin why it has this value
     * @param from what the value comes from; may be empty
     * @return the setting with its value masked
     */
    public static EffectiveSetting masked(String name, String value, Origin origin, String from) {
        return new EffectiveSetting(name, value.isEmpty() ? "" : new Secret(value).toString(), origin, from);
    }
}
