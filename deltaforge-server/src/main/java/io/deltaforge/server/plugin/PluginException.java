package io.deltaforge.server.plugin;

/** The directory of plugins cannot be read, or is not there although it was named. */
public final class PluginException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    PluginException(String message) {
        super(message);
    }

    PluginException(String message, Throwable cause) {
        super(message, cause);
    }
}
