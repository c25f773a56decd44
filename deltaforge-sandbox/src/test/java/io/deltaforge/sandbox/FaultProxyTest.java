package io.deltaforge.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server that echoes is behind the proxy, and counts what arrives. */
final class FaultProxyTest {

    private static final int PATIENCE_MS = 10_000;
    private static final int A_WHILE_MS = 200;

    private final AtomicLong arrived = new AtomicLong();
    private final List<Socket> clients = new ArrayList<>();
    private ServerSocket server;
    private FaultProxy proxy;

    @BeforeEach
    void start() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        daemon(this::acceptAll);
        proxy = proxy(7);
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        server.close();
        for (Socket client : clients) {
            client.close();
        }
    }

    private FaultProxy proxy(long seed) {
        FaultProxy started = FaultProxy.start(seed);
        started.target(server.getLocalPort());
        return started;
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "echo");
        thread.setDaemon(true);
        thread.start();
    }

    private void acceptAll() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                daemon(() -> echo(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void echo(Socket socket) {
        try (socket) {
            InputStream in = socket.getInputStream();
            for (int read = in.read(); read >= 0; read = in.read()) {
                arrived.incrementAndGet();
                socket.getOutputStream().write(read);
            }
        } catch (IOException e) {
            // The end of this connection.
        }
    }

    private Socket connect(FaultProxy through) throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), through.port());
        client.setTcpNoDelay(true);
        client.setSoTimeout(PATIENCE_MS);
        clients.add(client);
        return client;
    }

    private static int ask(Socket client, int value) throws IOException {
        client.getOutputStream().write(value);
        return client.getInputStream().read();
    }

    @Test
    void shouldPassEverythingOnWhileNothingIsWrong() throws IOException {
        Socket client = connect(proxy);
        for (int value = 0; value < 200; value++) {
            assertThat(ask(client, value)).isEqualTo(value);
        }
        assertThat(proxy.accepted()).isEqualTo(1);
    }

    @Test
    void shouldEndConnectionsInGoodOrderAndNewOnesAtOnceWhenCut() throws IOException {
        Socket client = connect(proxy);
        ask(client, 1);

        proxy.cut();

        assertThat(client.getInputStream().read()).isEqualTo(-1);
        assertThat(connect(proxy).getInputStream().read()).isEqualTo(-1);
        proxy.heal();
        assertThat(ask(connect(proxy), 2)).isEqualTo(2);
    }

    @Test
    void shouldResetConnections() throws IOException {
        Socket client = connect(proxy);
        ask(client, 1);

        proxy.reset();

        assertThatThrownBy(() -> client.getInputStream().read())
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("reset");
        proxy.heal();
        assertThat(ask(connect(proxy), 2)).isEqualTo(2);
    }

    @Test
    void shouldMoveNothingWhileStalledAndEverythingAfterwards() throws IOException {
        Socket client = connect(proxy);
        ask(client, 1);

        proxy.stall();
        client.getOutputStream().write(2);
        Socket late = connect(proxy);
        late.getOutputStream().write(3);
        client.setSoTimeout(A_WHILE_MS);
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        assertThat(arrived).hasValue(1);

        proxy.heal();
        client.setSoTimeout(PATIENCE_MS);
        assertThat(client.getInputStream().read()).isEqualTo(2);
        assertThat(late.getInputStream().read()).isEqualTo(3);
    }

    @Test
    void shouldLoseTheAnswersAloneWhenHalfOpenAndResetThatConnectionAfterwards() throws IOException {
        Socket client = connect(proxy);
        ask(client, 1);

        proxy.halfOpen();
        client.getOutputStream().write(2);
        await().until(() -> arrived.get() == 2);
        client.setSoTimeout(A_WHILE_MS);
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);

        proxy.heal();
        client.setSoTimeout(PATIENCE_MS);
        assertThatThrownBy(() -> client.getInputStream().read())
                .as("a stream with a hole in it must not go on")
                .isInstanceOf(SocketException.class);
        assertThat(ask(connect(proxy), 3)).isEqualTo(3);
    }

    @Test
    void shouldPassEverythingOnSlowly() throws IOException {
        Socket client = connect(proxy);
        proxy.slow(400);
        long before = System.nanoTime();
        client.getOutputStream().write(new byte[200]);

        assertThat(client.getInputStream().readNBytes(200)).hasSize(200);

        assertThat((System.nanoTime() - before) / 1_000_000).isGreaterThan(250);
    }

    @Test
    void shouldCutAtBytesThatTheSeedChooses() throws IOException {
        List<Integer> first = cutsOf(1);
        assertThat(cutsOf(1)).isEqualTo(first);
        assertThat(cutsOf(2)).isNotEqualTo(first);
        assertThat(first).allSatisfy(bytes -> assertThat(bytes).isBetween(0, 1_000));
    }

    /** Asks for one byte after another, so that what gets through is exactly what was allowed. */
    private List<Integer> cutsOf(long seed) throws IOException {
        List<Integer> passed = new ArrayList<>();
        try (FaultProxy seeded = proxy(seed)) {
            seeded.cutWithin(1_000);
            for (int connection = 0; connection < 4; connection++) {
                passed.add(answersUntilCut(connect(seeded)));
            }
        }
        return passed;
    }

    private static int answersUntilCut(Socket client) {
        int answers = 0;
        try {
            while (ask(client, answers & 0x7F) >= 0) {
                answers++;
            }
        } catch (IOException e) {
            // Cut.
        }
        return answers;
    }

    /** A request of Kafka's protocol with nothing but its kind in it. */
    private static byte[] request(int apiKey) {
        return new byte[] {0, 0, 0, 2, 0, (byte) apiKey};
    }

    @Test
    void shouldLoseTheAnswerToTheRequestThatItWaitsFor() throws IOException {
        Socket client = connect(proxy);
        proxy.loseAt(26, FaultProxy.Loss.ANSWER);
        client.getOutputStream().write(request(3));
        assertThat(client.getInputStream().readNBytes(6)).isEqualTo(request(3));
        assertThat(proxy.isWaiting()).isTrue();

        client.getOutputStream().write(request(26));

        await().until(() -> arrived.get() == 12);
        assertThat(proxy.isWaiting()).isFalse();
        client.setSoTimeout(A_WHILE_MS);
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
    }

    @Test
    void shouldLoseTheRequestThatItWaitsForAndEveryConnection() throws IOException {
        Socket other = connect(proxy);
        other.getOutputStream().write(1);
        assertThat(other.getInputStream().read()).isEqualTo(1);
        Socket client = connect(proxy);
        proxy.loseAt(26, FaultProxy.Loss.REQUEST);

        client.getOutputStream().write(request(26));

        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        assertThatThrownBy(() -> other.getInputStream().read()).isInstanceOf(SocketException.class);
        assertThat(arrived).hasValue(1);
    }
}
