package io.deltaforge.server.config;

import io.deltaforge.api.config.Settings;

/** Values as operators have written them. */
public final class WrittenValue {

    private WrittenValue() {}

    /**
     * Returns a text as it may be shown: what came from the environment or a file is shown as the reference to it.
     *
     * @param settings the group that the setting belongs to
     * @param name the setting
     * @param value its value
     * @return the value, or what is written in its place
     */
    public static String of(Settings settings, String name, String value) {
        return BoundSettings.shown(settings, name, value);
    }
}
