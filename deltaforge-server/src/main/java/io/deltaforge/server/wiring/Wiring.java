package io.deltaforge.server.wiring;

import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.Stage;
import io.deltaforge.server.config.ServerConfig;
import io.deltaforge.server.lifecycle.Server;

/** Makes a server from its configuration. */
public final class Wiring {

    private Wiring() {}

    /**
     * Makes all parts and starts none.
     *
     * @param config what they are made from
     * @return a server, not started
     */
    public static Server server(ServerConfig config) {
        Injector injector = Guice.createInjector(
                Stage.PRODUCTION, new StrictModule(), new MonitoringModule(config), new EngineModule(config));
        return injector.getInstance(Server.class);
    }
}
