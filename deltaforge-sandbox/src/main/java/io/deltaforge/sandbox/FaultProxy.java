package io.deltaforge.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A TCP proxy on 127.0.0.1 that does harm when it is told to. It passes bytes on as they are until then; no byte is ever
 * changed, repeated or put out of order, because no network below TCP could do that.
 *
 * <p>Faults exclude one another: each method ends the one before, and {@link #heal()} ends them all.
 *
 * <table>
 * <caption>Faults</caption>
 * <tr><td>{@link #cut()}</td><td>connections are closed in good order, new ones at once: the server has ended</td></tr>
 * <tr><td>{@link #reset()}</td><td>the same with a reset: a firewall, or a process that was killed</td></tr>
 * <tr><td>{@link #stall()}</td><td>connections stay open and nothing moves: a cable that is out</td></tr>
 * <tr><td>{@link #halfOpen()}</td><td>requests arrive and answers are lost: what was asked for is done, and nobody
 *     knows</td></tr>
 * <tr><td>{@link #slow(int)}</td><td>so many bytes per second and direction</td></tr>
 * <tr><td>{@link #cutWithin(int)}</td><td>each connection is reset somewhere in its next so many bytes</td></tr>
 * </table>
 *
 * <p>{@link #loseAt} waits with a fault for a request of a kind, so that it comes at the worst moment there is.
 *
 * <p>Where {@link #cutWithin} cuts depends on the seed and on the connection's number alone. For a Kafka broker, see
 * {@link KafkaBroker.Builder#listener(String, FaultProxy)}: a broker must advertise the proxy's address, or clients go
 * around it.
 *
 * <p>Life cycle: {@link #start(long)}, {@link #target(int)}, {@link #close()}. Safe from any thread; no method waits for
 * the network.
 */
public final class FaultProxy implements AutoCloseable {

    /** What of a request is lost. */
    public enum Loss {
        /** The request itself, and every connection with it. */
        REQUEST,
        /** Its answer, and every one after it: what was asked for is done, and nobody knows. */
        ANSWER
    }

    /** A fault that waits for a request. */
    private record Trap(short apiKey, Loss loss) {}

    private enum Fault {
        NONE,
        CUT,
        RESET,
        STALL,
        HALF_OPEN
    }

    private static final int BUFFER_BYTES = 16 * 1024;
    private static final int CONNECT_TIMEOUT_MS = 2_000;
    /** How often slow connections move: small enough that a slow one is not a bursting one. */
    private static final int SLICES_PER_SECOND = 20;

    private final long seed;
    private final ServerSocket listening;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicLong accepted = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private volatile Fault fault = Fault.NONE;
    private volatile int bytesPerSecond;
    private volatile int cutWithin;
    private volatile int targetPort;
    private volatile boolean closed;
    private final AtomicReference<Trap> trap = new AtomicReference<>();

    private FaultProxy(long seed, ServerSocket listening) {
        this.seed = seed;
        this.listening = listening;
    }

    /**
     * Starts a proxy on a free port; connections are closed at once until there is a target.
     *
     * @param seed decides where {@link #cutWithin} cuts
     * @throws SandboxException if no port can be had
     */
    public static FaultProxy start(long seed) {
        try {
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.free()));
            FaultProxy proxy = new FaultProxy(seed, socket);
            daemon("fault-proxy-" + proxy.port(), proxy::acceptAll);
            return proxy;
        } catch (IOException e) {
            throw new SandboxException("cannot start a proxy: " + e.getMessage(), e);
        }
    }

    private static void daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Passes new connections on to a port on 127.0.0.1; {@link KafkaBroker} calls this itself. */
    public void target(int port) {
        targetPort = port;
    }

    /** Returns the port to connect to. */
    public int port() {
        return listening.getLocalPort();
    }

    /** Returns {@code host:port} to connect to. */
    public String address() {
        return "127.0.0.1:" + port();
    }

    /** Returns how many connections were accepted since the start. */
    public long accepted() {
        return accepted.get();
    }

    /**
     * Passes everything on until a client makes a request of a kind, and then loses it or its answer; the fault lasts until
     * {@link #heal()}.
     *
     * @param apiKey the kind: Kafka protocol guide, "Api Keys"
     * @param loss what is lost
     */
    public void loseAt(int apiKey, Loss loss) {
        trap.set(new Trap((short) apiKey, loss));
    }

    /** Says whether the request that {@link #loseAt} waits for is still to come. */
    public boolean isWaiting() {
        return trap.get() != null;
    }

    /** Ends every fault. What stood still moves on; connections of which bytes were lost are reset. */
    public void heal() {
        trap.set(null);
        change(Fault.NONE, 0, 0);
        connections.stream().filter(connection -> connection.lossy).forEach(connection -> connection.end(true));
    }

    /** Closes all connections in good order, and new ones at once. */
    public void cut() {
        change(Fault.CUT, 0, 0);
        connections.forEach(connection -> connection.end(false));
    }

    /** Resets all connections, and new ones at once. */
    public void reset() {
        change(Fault.RESET, 0, 0);
        connections.forEach(connection -> connection.end(true));
    }

    /** Keeps connections open, accepts new ones, and moves nothing. */
    public void stall() {
        change(Fault.STALL, 0, 0);
    }

    /** Passes on what clients send and loses what they are answered. */
    public void halfOpen() {
        change(Fault.HALF_OPEN, 0, 0);
    }

    /** Moves so many bytes per second, on each connection and in each direction. */
    public void slow(int bytes) {
        if (bytes < SLICES_PER_SECOND) {
            throw new IllegalArgumentException("fewer than " + SLICES_PER_SECOND + " bytes per second: " + bytes);
        }
        change(Fault.NONE, bytes, 0);
    }

    /** Resets each connection, new ones too, somewhere within its next so many bytes in one of the directions. */
    public void cutWithin(int bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("not within " + bytes + " bytes");
        }
        change(Fault.NONE, 0, bytes);
        connections.forEach(Connection::drawCut);
    }

    private void change(Fault next, int speed, int within) {
        lock.lock();
        try {
            fault = next;
            bytesPerSecond = speed;
            cutWithin = within;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void awaitMoving() throws InterruptedException {
        if (fault != Fault.STALL) {
            return;
        }
        lock.lock();
        try {
            while (fault == Fault.STALL && !closed) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    private void acceptAll() {
        while (!closed) {
            try {
                Connection connection = new Connection(listening.accept(), accepted.incrementAndGet());
                connections.add(connection);
                daemon("fault-proxy-" + port() + "-" + connection.number, connection::open);
            } catch (IOException e) {
                if (!closed) {
                    throw new SandboxException("the proxy on port " + port() + " accepts no more", e);
                }
            }
        }
    }

    /** Ends the proxy and its connections. Idempotent. */
    @Override
    public void close() {
        closed = true;
        change(Fault.NONE, 0, 0);
        try {
            listening.close();
        } catch (IOException e) {
            throw new SandboxException("cannot close the proxy on port " + port(), e);
        }
        connections.forEach(connection -> connection.end(false));
    }

    /** A client's connection and ours to the target; one thread per direction. */
    private final class Connection {
        private final Socket client;
        private final Socket server = new Socket();
        private final long number;
        private final SplittableRandom random;
        private final AtomicLong bytesLeft = new AtomicLong(Long.MAX_VALUE);
        private volatile boolean lossy;

        private Connection(Socket client, long number) {
            this.client = client;
            this.number = number;
            this.random = new SplittableRandom(seed * 31 + number);
        }

        private void open() {
            if (fault == Fault.CUT || fault == Fault.RESET || targetPort == 0) {
                end(fault == Fault.RESET);
                return;
            }
            drawCut();
            try {
                server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), targetPort), CONNECT_TIMEOUT_MS);
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                daemon("fault-proxy-" + port() + "-" + number + "-answers", () -> pump(server, client, true));
                pump(client, server, false);
            } catch (IOException e) {
                end(false);
            }
        }

        private synchronized void drawCut() {
            int within = cutWithin;
            bytesLeft.set(within == 0 ? Long.MAX_VALUE : random.nextInt(within));
        }

        private void pump(Socket from, Socket to, boolean answers) {
            byte[] buffer = new byte[BUFFER_BYTES];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int read = read(in, buffer); read >= 0; read = read(in, buffer)) {
                    if (!answers) {
                        springTrap(buffer, read);
                    }
                    awaitMoving();
                    if (answers && fault == Fault.HALF_OPEN) {
                        lossy = true;
                    } else if (!pass(out, buffer, read)) {
                        end(true);
                        return;
                    }
                }
            } catch (IOException e) {
                // The other direction, or the other side, has ended it.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            end(false);
        }

        /** A client sends a request in one piece, and none before the last is answered, of those that are waited for. */
        private void springTrap(byte[] buffer, int length) {
            Trap set = trap.get();
            if (set == null || length < Integer.BYTES + Short.BYTES) {
                return;
            }
            ByteBuffer request = ByteBuffer.wrap(buffer, 0, length);
            boolean isIt = request.getInt() == length - Integer.BYTES && request.getShort() == set.apiKey();
            if (isIt && trap.compareAndSet(set, null)) {
                if (set.loss() == Loss.REQUEST) {
                    reset();
                } else {
                    halfOpen();
                }
            }
        }

        private int read(InputStream in, byte[] buffer) throws IOException, InterruptedException {
            int speed = bytesPerSecond;
            if (speed == 0) {
                return in.read(buffer);
            }
            TimeUnit.MILLISECONDS.sleep(1_000 / SLICES_PER_SECOND);
            return in.read(buffer, 0, Math.min(buffer.length, speed / SLICES_PER_SECOND));
        }

        /** Passes on what may still pass; returns whether that was everything. */
        private boolean pass(OutputStream out, byte[] buffer, int length) throws IOException {
            long left = cutWithin == 0 ? Long.MAX_VALUE : bytesLeft.addAndGet(-length) + length;
            out.write(buffer, 0, (int) Math.max(0, Math.min(left, length)));
            return left >= length;
        }

        private void end(boolean abruptly) {
            connections.remove(this);
            for (Socket socket : new Socket[] {client, server}) {
                try {
                    if (abruptly && !socket.isClosed()) {
                        socket.setSoLinger(true, 0);
                    }
                    socket.close();
                } catch (IOException e) {
                    // It is gone, one way or another.
                }
            }
        }
    }
}
