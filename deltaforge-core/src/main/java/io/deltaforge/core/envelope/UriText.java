package io.deltaforge.core.envelope;

import java.nio.charset.StandardCharsets;

/** Writes any text as a part of a URI's path (RFC 3986, section 2.1): what is not unreserved is percent-encoded. */
final class UriText {

    private static final String HEX = "0123456789ABCDEF";

    private UriText() {}

    static String segment(String text) {
        StringBuilder segment = new StringBuilder();
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            if (isUnreserved(octet)) {
                segment.append((char) octet);
            } else {
                segment.append('%').append(HEX.charAt(octet >> 4 & 15)).append(HEX.charAt(octet & 15));
            }
        }
        return segment.toString();
    }

    private static boolean isUnreserved(byte octet) {
        return (octet >= 'a' && octet <= 'z')
                || (octet >= 'A' && octet <= 'Z')
                || (octet >= '0' && octet <= '9')
                || octet == '-'
                || octet == '.'
                || octet == '_'
                || octet == '~';
    }
}
