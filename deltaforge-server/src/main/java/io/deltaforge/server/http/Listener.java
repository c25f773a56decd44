package io.deltaforge.server.http;

import io.deltaforge.server.config.ServerConfig.Address;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.Consumer;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** One address that is listened on. Life cycle: made, {@linkplain #start started} once, {@linkplain #close closed}; one thread. */
final class Listener implements AutoCloseable {

    private static final int MAX_QUEUED = 256;
    private static final int MAX_CONNECTIONS = 256;
    private static final long IDLE_MILLIS = 20_000;

    private final Address address;
    private final String threadName;
    private final int maxThreads;
    private Javalin javalin;

    Listener(Address address, String threadName, int maxThreads) {
        this.address = address;
        this.threadName = threadName;
        this.maxThreads = maxThreads;
    }

    /** Listens; returns the port, which is a free one when the configured one is 0. */
    int start(Consumer<JavalinConfig> routes) throws IOException {
        javalin = Javalin.create(config -> {
            configure(config);
            routes.accept(config);
        });
        try {
            javalin.start(address.bind(), address.port());
            return javalin.port();
        } catch (RuntimeException e) {
            close();
            Throwable cause = e;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            throw new IOException(
                    address.setting() + ": cannot listen on " + address.bind() + ":" + address.port() + ": "
                            + cause.getMessage() + "; set another port, or 0 for any free one",
                    e);
        }
    }

    private void configure(JavalinConfig config) {
        QueuedThreadPool threads =
                new QueuedThreadPool(maxThreads, 1, (int) IDLE_MILLIS, new ArrayBlockingQueue<>(MAX_QUEUED));
        threads.setName(threadName);
        threads.setDaemon(true);
        config.jetty.threadPool = threads;
        config.jetty.modifyHttpConfiguration(http -> http.setSendServerVersion(false));
        config.jetty.modifyServer(server -> {
            server.addEventListener(new IdleLimit());
            server.addBean(new NetworkConnectionLimit(MAX_CONNECTIONS, server));
            server.setErrorHandler(new ContainerErrors());
        });
        config.http.maxRequestSize = RequestBody.MOST;
        config.http.prefer405over404 = true;
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.startup.startupWatcherEnabled = false;
    }

    /** Javalin makes its connector while it starts, so its limit is set when the server has. */
    private static final class IdleLimit implements org.eclipse.jetty.util.component.LifeCycle.Listener {
        @Override
        public void lifeCycleStarted(org.eclipse.jetty.util.component.LifeCycle server) {
            for (org.eclipse.jetty.server.Connector connector :
                    ((org.eclipse.jetty.server.Server) server).getConnectors()) {
                ((ServerConnector) connector).setIdleTimeout(IDLE_MILLIS);
            }
        }
    }

    @Override
    public void close() {
        if (javalin != null) {
            javalin.stop();
            javalin = null;
        }
    }
}
