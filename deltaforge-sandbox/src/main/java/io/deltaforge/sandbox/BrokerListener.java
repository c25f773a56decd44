package io.deltaforge.sandbox;

/** A port more on which a broker listens. Belongs to one broker; its port is chosen before it starts and then stays. */
final class BrokerListener {
    private static final String HOST = "127.0.0.1";

    private final String name;
    private final String protocol;
    private final FaultProxy proxy;
    private volatile int port;

    /** Describes a listener; no proxy when there is none before it. */
    BrokerListener(String name, String protocol, FaultProxy proxy) {
        this.name = name;
        this.protocol = protocol;
        this.proxy = proxy;
    }

    void choosePort() {
        port = Ports.free();
    }

    void leadProxyHere() {
        if (proxy != null) {
            proxy.target(port);
        }
    }

    String name() {
        return name;
    }

    int port() {
        return port;
    }

    /** Returns where clients are told to connect to. */
    String advertised() {
        return proxy == null ? HOST + ":" + port : proxy.address();
    }

    String listening() {
        return name + "://" + HOST + ":" + port;
    }

    String mapping() {
        return name + ":" + protocol;
    }
}
