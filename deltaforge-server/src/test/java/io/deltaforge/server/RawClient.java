package io.deltaforge.server;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Sends bytes as they are, which no HTTP client would, and reads what comes back. Keeps its connection while the server does. */
final class RawClient implements AutoCloseable {

    /** What came back; a status of 0 is a connection that was closed without a word. */
    record Reply(int status, String text) {}

    private static final int PATIENCE_MILLIS = 60_000;

    private final String host;
    private final int port;
    private Socket socket;
    private InputStream in;

    RawClient(String host, int port) {
        this.host = host;
        this.port = port;
    }

    Reply send(byte[] request, boolean head) throws IOException {
        for (int attempt = 0; ; attempt++) {
            boolean fresh = socket == null;
            try {
                if (fresh) {
                    socket = new Socket(host, port);
                    socket.setSoTimeout(PATIENCE_MILLIS);
                    socket.setTcpNoDelay(true);
                    in = new BufferedInputStream(socket.getInputStream());
                }
                try {
                    socket.getOutputStream().write(request);
                } catch (IOException e) {
                    if (!fresh) {
                        throw e;
                    }
                    // The server has said no before it has read everything; what it said may still be there.
                }
                Reply reply = read(head);
                if (reply.status() == 0 && !fresh && attempt == 0) {
                    close();
                    continue;
                }
                return reply;
            } catch (SocketTimeoutException e) {
                throw new IllegalStateException("no answer within " + PATIENCE_MILLIS + " ms", e);
            } catch (IOException e) {
                close();
                if (fresh || attempt > 0) {
                    return new Reply(0, "");
                }
            }
        }
    }

    private Reply read(boolean head) throws IOException {
        StringBuilder text = new StringBuilder();
        int status;
        Map<String, String> headers = new HashMap<>();
        do {
            String first = line();
            if (first == null || first.length() < 12) {
                close();
                return new Reply(0, "");
            }
            text.append(first).append('\n');
            status = Integer.parseInt(first.substring(9, 12));
            headers.clear();
            for (String line = line(); line != null && !line.isEmpty(); line = line()) {
                text.append(line).append('\n');
                int colon = line.indexOf(':');
                headers.put(
                        line.substring(0, Math.max(0, colon)).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
        } while (status == 100);
        boolean endless = headers.getOrDefault("content-type", "").startsWith("text/event-stream");
        if (head || endless) {
            // Whether a refused one has a body depends on what was refused; a tap ends when its client does.
            close();
        } else if (status != 204 && status != 304) {
            text.append(new String(body(headers), StandardCharsets.UTF_8));
        }
        if ("close".equalsIgnoreCase(headers.get("connection"))) {
            close();
        }
        return new Reply(status, text.toString());
    }

    private byte[] body(Map<String, String> headers) throws IOException {
        if ("chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (int size = chunk(); size > 0; size = chunk()) {
                all.write(in.readNBytes(size));
                line();
            }
            line();
            return all.toByteArray();
        }
        String length = headers.get("content-length");
        if (length != null) {
            return in.readNBytes(Integer.parseInt(length));
        }
        byte[] rest = in.readAllBytes();
        close();
        return rest;
    }

    private int chunk() throws IOException {
        String size = line();
        if (size == null) {
            close();
            return 0;
        }
        return Integer.parseInt(size.strip(), 16);
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int next = in.read();
        if (next < 0) {
            return null;
        }
        while (next >= 0 && next != '\n') {
            if (next != '\r') {
                line.write(next);
            }
            next = in.read();
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    /** Gives the connection up; the next request makes another. */
    @Override
    public void close() throws IOException {
        if (socket != null) {
            socket.close();
            socket = null;
        }
    }
}
