package io.deltaforge.sink.kafka;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * Finds out which protocol a port speaks. A client that speaks plain text to a port with TLS, TLS to one without, or leaves
 * out a login, is never told: it waits until its time is up, as if nobody were there. Worse, it takes a TLS alert for the
 * length of an answer and allocates some 350 MB for it, again and again, which can end the process (KAFKA-4090): so that is
 * looked at before a client connects. A few questions that no harm can come from tell them apart; nothing secret is sent.
 */
final class ProtocolProbe {

    private static final int TIMEOUT_MS = 1_500;

    /** Content types of TLS records, RFC 8446, section 5.1: alert and handshake. */
    private static final List<Integer> TLS_ANSWERS = List.of(21, 22);

    private static final int TLS_MAJOR_VERSION = 3;

    /** Kafka protocol guide, "Api Keys" and "Error Codes". */
    private static final short SASL_HANDSHAKE = 17;

    private static final short API_VERSIONS = 18;
    private static final short NO_LOGIN_HERE = 34;
    private static final int CORRELATION = 0x0DF0_0DF0;
    private static final int MAX_ANSWER_BYTES = 1 << 20;

    private ProtocolProbe() {}

    /**
     * Compares what the brokers speak with what is configured. Blocks for a few seconds at most per address.
     *
     * @param addresses where brokers listen
     * @param protocol the setting {@code security.protocol}
     * @return what is wrong with it; empty when nothing is, or nobody answers
     */
    static Optional<DeliveryException> mismatch(List<InetSocketAddress> addresses, String protocol) {
        boolean tls = protocol.endsWith("SSL");
        for (InetSocketAddress address : addresses) {
            try {
                if (!tls && speaksTls(address)) {
                    return Optional.of(tls(address, protocol));
                }
                if (tls && speaksPlainly(address)) {
                    return Optional.of(wrong(
                            "TLS",
                            address,
                            "speaks plain text and security.protocol is " + protocol,
                            protocol.startsWith("SASL") ? "SASL_PLAINTEXT" : "PLAINTEXT (or SASL_PLAINTEXT)"));
                }
                Optional<String> login = protocol.equals("PLAINTEXT") ? mechanisms(address) : Optional.empty();
                if (login.isPresent()) {
                    return Optional.of(wrong(
                            "AUTHENTICATION",
                            address,
                            "asks for a login (" + login.get() + ") and security.protocol is PLAINTEXT",
                            "SASL_PLAINTEXT, with sasl.mechanism, sasl.username and sasl.password"));
                }
            } catch (IOException e) {
                // Nobody there, or nobody who speaks any of it: the next address may say more.
            }
        }
        return Optional.empty();
    }

    /**
     * Makes sure that no client that speaks plain text meets a port that answers with TLS. To be called before there is one.
     * Asks the first address where somebody listens, with a request that every Kafka port takes.
     *
     * @return what is wrong; empty when nothing is, or nobody answers
     */
    static Optional<DeliveryException> tlsAgainst(List<InetSocketAddress> addresses, String protocol) {
        for (InetSocketAddress address : protocol.endsWith("SSL") ? List.<InetSocketAddress>of() : addresses) {
            try {
                byte[] answer = ask(address, request(API_VERSIONS, (short) 0, new byte[0]), 2);
                return isTls(answer) ? Optional.of(tls(address, protocol)) : Optional.empty();
            } catch (IOException e) {
                // Nobody there: the next one may be.
            }
        }
        return Optional.empty();
    }

    private static DeliveryException tls(InetSocketAddress address, String protocol) {
        return wrong(
                "TLS",
                address,
                "speaks TLS and security.protocol is " + protocol,
                protocol.startsWith("SASL") ? "SASL_SSL" : "SSL (or SASL_SSL)");
    }

    private static boolean isTls(byte[] answer) {
        return answer.length == 2 && TLS_ANSWERS.contains((int) answer[0]) && answer[1] == TLS_MAJOR_VERSION;
    }

    private static DeliveryException wrong(String reason, InetSocketAddress address, String what, String value) {
        return new DeliveryException(
                ErrorKind.FATAL,
                reason,
                "the broker at " + address.getHostString() + ":" + address.getPort() + " " + what,
                "set security.protocol in client_conf to " + value
                        + ", or name the port that speaks it in brokers; then resume the pipeline",
                null);
    }

    private static boolean speaksTls(InetSocketAddress address) throws IOException {
        return isTls(ask(address, clientHello(), 2));
    }

    /** The first bytes of a handshake, which is not gone on with: nothing needs to be trusted. */
    private static byte[] clientHello() throws IOException {
        try {
            SSLEngine engine = SSLContext.getDefault().createSSLEngine();
            engine.setUseClientMode(true);
            ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
            engine.wrap(ByteBuffer.allocate(0), hello);
            byte[] bytes = new byte[hello.flip().remaining()];
            hello.get(bytes);
            return bytes;
        } catch (NoSuchAlgorithmException e) {
            throw new SSLException(e);
        }
    }

    private static boolean speaksPlainly(InetSocketAddress address) throws IOException {
        return answer(address, request(API_VERSIONS, (short) 0, new byte[0])).isPresent();
    }

    /** Returns the ways to log in at a port that asks for it. */
    private static Optional<String> mechanisms(InetSocketAddress address) throws IOException {
        byte[] plain = "PLAIN".getBytes(StandardCharsets.US_ASCII);
        ByteBuffer body = ByteBuffer.allocate(Short.BYTES + plain.length);
        body.putShort((short) plain.length).put(plain);
        Optional<ByteBuffer> answer = answer(address, request(SASL_HANDSHAKE, (short) 1, body.array()));
        if (answer.isEmpty() || answer.get().remaining() < Short.BYTES + Integer.BYTES) {
            return Optional.empty();
        }
        ByteBuffer said = answer.get();
        if (said.getShort() == NO_LOGIN_HERE) {
            return Optional.empty();
        }
        List<String> names = new ArrayList<>();
        for (int left = said.getInt(); left > 0 && said.remaining() >= Short.BYTES; left--) {
            byte[] name = new byte[Math.max(0, Math.min(said.getShort(), said.remaining()))];
            said.get(name);
            names.add(new String(name, StandardCharsets.UTF_8));
        }
        return Optional.of(String.join(", ", names));
    }

    private static byte[] request(short key, short version, byte[] body) {
        int size = Short.BYTES + Short.BYTES + Integer.BYTES + Short.BYTES + body.length;
        ByteBuffer request = ByteBuffer.allocate(Integer.BYTES + size);
        request.putInt(size).putShort(key).putShort(version).putInt(CORRELATION);
        request.putShort((short) -1).put(body);
        return request.array();
    }

    private static Optional<ByteBuffer> answer(InetSocketAddress address, byte[] request) throws IOException {
        try (Socket socket = connect(address)) {
            socket.getOutputStream().write(request);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            int size = in.readInt();
            if (size < Integer.BYTES || size > MAX_ANSWER_BYTES || in.readInt() != CORRELATION) {
                return Optional.empty();
            }
            byte[] body = new byte[size - Integer.BYTES];
            in.readFully(body);
            return Optional.of(ByteBuffer.wrap(body));
        }
    }

    private static byte[] ask(InetSocketAddress address, byte[] request, int bytes) throws IOException {
        try (Socket socket = connect(address)) {
            socket.getOutputStream().write(request);
            return socket.getInputStream().readNBytes(bytes);
        }
    }

    private static Socket connect(InetSocketAddress address) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(address, TIMEOUT_MS);
            socket.setSoTimeout(TIMEOUT_MS);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }
}
