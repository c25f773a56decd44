package io.deltaforge.server.wiring;

import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.Stage;
import io.deltaforge.server.config.ServerConfig;
import io.deltaforge.server.lifecycle.Server;
import io.deltaforge.server.metrics.Build;
import io.deltaforge.server.plugin.Plugins;

/** Makes a server from its configuration. */
public final class Wiring {

    private Wiring() {}

    /**
     * Makes all parts and starts none.
     *
     * @param config what they are made from
     * @param plugins what there is to make them from
     * @param build which program this is
     * @return a server, not started
     */
    public static Server server(ServerConfig config, Plugins plugins, Build build) {
        Injector injector = Guice.createInjector(
                Stage.PRODUCTION,
                new StrictModule(),
                new MonitoringModule(config, build),
                new ApiModule(config, plugins),
                new EngineModule(config, plugins, build));
        return injector.getInstance(Server.class);
    }
}
