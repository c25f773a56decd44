package io.deltaforge.api.encode;

/**
 * Takes headers that accompany an encoded event.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface HeaderReceiver {

    /**
     * Takes one header.
     *
     * @param name the name, of ASCII letters, digits, {@code _} and {@code -}; a sink whose protocol has other rules
     *     translates it
     * @param value the value as UTF-8; may be shared between events, so nobody changes it
     */
    void header(String name, byte[] value);
}
