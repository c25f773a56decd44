package io.deltaforge.server.config;

import io.deltaforge.server.fakes.LedgerFile;
import io.deltaforge.server.plugin.Plugins;
import java.util.Map;
import java.util.TreeMap;

/** The plugins that the product ships: those of the class path without those of the tests. */
final class ShippedPlugins {

    private ShippedPlugins() {}

    static Plugins onClassPath() {
        Plugins all = Plugins.onClassPath();
        return new Plugins(
                shipped(all.sources()), shipped(all.processors()), shipped(all.sinks()), shipped(all.stores()));
    }

    private static <F> Map<String, F> shipped(Map<String, F> factories) {
        Map<String, F> shipped = new TreeMap<>(factories);
        shipped.values().removeIf(factory -> factory.getClass().getPackage().equals(LedgerFile.class.getPackage()));
        return shipped;
    }
}
