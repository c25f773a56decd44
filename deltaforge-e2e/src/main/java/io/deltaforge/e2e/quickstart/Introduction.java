package io.deltaforge.e2e.quickstart;

import io.deltaforge.e2e.quickstart.Screen.Style;
import java.nio.file.Path;

/** Where everything listens and how to stop, before the events begin. */
final class Introduction {
    private Introduction() {}

    static void print(Screen screen, ShopServers servers, DeltaForgeProcess.Place place, Path config) {
        String http = "http://127.0.0.1:" + place.metricsPort();
        screen.line("");
        row(screen, "shop", "psql " + servers.dsn());
        row(screen, "topics", "shop.customers shop.products shop.orders shop.order_items");
        row(screen, "brokers", servers.brokers());
        row(screen, "metrics", http + "/metrics");
        row(screen, "health", http + "/health");
        row(screen, "config", config.toString());
        row(screen, "log", place.directory().resolve("deltaforge.log").toString());
        row(screen, "stop", "Ctrl-C");
        screen.line("");
    }

    private static void row(Screen screen, String name, String value) {
        screen.line("  " + screen.styled(Style.DIM, String.format("%-9s", name)) + value);
    }
}
