package io.deltaforge.server.http;

import io.javalin.http.Context;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** Reads what a request carries: no more than {@value #MOST} bytes, UTF-8, and no longer than a bounded time. */
final class RequestBody {

    static final int MOST = 1 << 20;
    private static final long PATIENCE_NANOS = 10_000_000_000L;

    private RequestBody() {}

    /** Returns the body; empty when there is none. */
    static String text(Context request) {
        String encoding =
                Optional.ofNullable(request.header("Content-Encoding")).orElse("identity");
        if (!encoding.equalsIgnoreCase("identity")) {
            throw new ProblemException(415, "UNSUPPORTED_MEDIA_TYPE", "a Content-Encoding is not understood here");
        }
        try {
            byte[] bytes = read(request);
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new ProblemException(400, "MALFORMED_BODY", "the body is not UTF-8 text");
        } catch (IOException e) {
            throw new ProblemException(400, "MALFORMED_BODY", "the body ended too early, or came too slowly");
        }
    }

    private static byte[] read(Context request) throws IOException {
        if (request.req().getContentLengthLong() > MOST) {
            throw tooLarge();
        }
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] part = new byte[8_192];
        InputStream in = request.req().getInputStream();
        for (int read = in.read(part); read >= 0; read = in.read(part)) {
            all.write(part, 0, read);
            if (all.size() > MOST) {
                throw tooLarge();
            }
            if (System.nanoTime() > deadline) {
                throw new ProblemException(408, "BODY_TOO_SLOW", "the body did not come within 10 s");
            }
        }
        return all.toByteArray();
    }

    /** What is not read is not waited for either. */
    private static ProblemException tooLarge() {
        return new ProblemException(413, "BODY_TOO_LARGE", "a body may have " + MOST + " bytes");
    }

    /** Returns the media type without its parameters, in lower case; empty when none is named. */
    static String mediaType(Context request) {
        String named = request.header("Content-Type");
        return named == null ? "" : named.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    }
}
