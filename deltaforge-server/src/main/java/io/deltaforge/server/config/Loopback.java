package io.deltaforge.server.config;

/** Which addresses only this machine can reach. */
public final class Loopback {

    private Loopback() {}

    /**
     * Says whether an address or name is one of this machine's loopback. Asks nobody for names.
     *
     * @param host a name or an address, IPv6 with or without brackets
     * @return true for {@code localhost}, {@code 127.x.x.x} and {@code ::1}
     */
    public static boolean is(String host) {
        String bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        return bare.equalsIgnoreCase("localhost")
                || bare.matches("127(\\.\\d{1,3}){3}")
                || bare.equals("::1")
                || bare.equals("0:0:0:0:0:0:0:1");
    }
}
