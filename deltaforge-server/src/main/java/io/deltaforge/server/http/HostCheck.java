package io.deltaforge.server.http;

import io.deltaforge.server.config.Loopback;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.net.URI;

/**
 * Refuses what a page in somebody's browser sends: a name that the page has made to mean this machine (DNS rebinding) shows
 * in {@code Host}, another site in {@code Origin}. Who is reached under names that we cannot know is guarded by the token.
 */
final class HostCheck implements Handler {

    private final boolean loopback;

    HostCheck(String bind) {
        this.loopback = Loopback.is(bind);
    }

    @Override
    public void handle(Context request) {
        String host = request.host();
        if (loopback && (host == null || !Loopback.is(nameOf(host)))) {
            throw new ProblemException(
                    403, "HOST_REFUSED", "the Host header must name this machine's loopback, such as localhost");
        }
        String origin = request.header("Origin");
        if (origin != null && !origin.equals("null") && !sameHost(origin, host)) {
            throw new ProblemException(403, "ORIGIN_REFUSED", "pages of other sites may not call this address");
        }
        if ("null".equals(origin)) {
            throw new ProblemException(403, "ORIGIN_REFUSED", "pages without a site may not call this address");
        }
    }

    /** The name without the port; IPv6 addresses stay in brackets. */
    private static String nameOf(String host) {
        int colon = host.lastIndexOf(':');
        return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
    }

    private static boolean sameHost(String origin, String host) {
        try {
            return URI.create(origin).getRawAuthority() != null
                    && URI.create(origin).getRawAuthority().equalsIgnoreCase(host);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
