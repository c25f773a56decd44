package io.deltaforge.sandbox;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Chooses ports for servers.
 *
 * <p>They lie below the range from which systems take the local ports of outgoing connections (32768 and up on Linux,
 * 49152 and up elsewhere). A port from that range could be taken by any client while its server is down, so that a
 * restart on the same port fails; and a client that keeps connecting to a dead port of that range may even end up
 * connected to itself.
 */
final class Ports {
    private static final int LOWEST = 15_000;
    private static final int HIGHEST = 32_000;
    private static final int ATTEMPTS = 200;
    private static final int CONNECT_TIMEOUT_MS = 500;

    private Ports() {}

    /** Returns a port that nobody listens on right now; another process may still be quicker, so callers retry. */
    static int free() {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
            if (isFree(port)) {
                return port;
            }
        }
        throw new SandboxException(
                "no free port between " + LOWEST + " and " + HIGHEST + " after " + ATTEMPTS + " attempts");
    }

    static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            // As the servers do: connections of an earlier server in TIME_WAIT do not stand in the way.
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    static boolean accepts(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_TIMEOUT_MS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
