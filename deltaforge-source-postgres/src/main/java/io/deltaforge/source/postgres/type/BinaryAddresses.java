package io.deltaforge.source.postgres.type;

import io.deltaforge.api.event.Column;
import io.deltaforge.api.event.ValueVisitor;
import java.nio.charset.StandardCharsets;

/**
 * Binary forms of network addresses, handed out as PostgreSQL prints them (PostgreSQL source, {@code network.c}:
 * {@code network_send}; {@code src/port/inet_net_ntop.c}; {@code mac.c} and {@code mac8.c}).
 */
final class BinaryAddresses {

    private static final int INET_HEADER_BYTES = 4;
    private static final int IPV4_FAMILY = 2;
    private static final int IPV6_FAMILY = 3;
    private static final int IPV4_BYTES = 4;
    private static final int IPV6_BYTES = 16;
    private static final int IPV6_WORDS = 8;

    private BinaryAddresses() {}

    static void inet(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor) {
        address(column, bytes, offset, length, false, visitor);
    }

    static void cidr(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor) {
        address(column, bytes, offset, length, true, visitor);
    }

    static void macaddr(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor) {
        Wire.requireLength("macaddr", 6, length);
        hardware(column, bytes, offset, length, visitor);
    }

    static void macaddr8(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor) {
        Wire.requireLength("macaddr8", 8, length);
        hardware(column, bytes, offset, length, visitor);
    }

    private static void hardware(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor) {
        StringBuilder text = new StringBuilder(3 * length);
        for (int i = 0; i < length; i++) {
            if (i > 0) {
                text.append(':');
            }
            int octet = bytes[offset + i] & 0xFF;
            text.append(Character.forDigit(octet >> 4, 16)).append(Character.forDigit(octet & 0xF, 16));
        }
        give(column, text, visitor);
    }

    /** Family, prefix length, whether it is a {@code cidr}, number of bytes, and the bytes. */
    private static void address(
            Column column, byte[] bytes, int offset, int length, boolean network, ValueVisitor visitor) {
        if (length < INET_HEADER_BYTES) {
            throw MalformedValueException.length("inet", "at least " + INET_HEADER_BYTES, length);
        }
        int family = bytes[offset];
        if (family != IPV4_FAMILY && family != IPV6_FAMILY) {
            throw new MalformedValueException("inet expects the family 2 or 3, got " + family);
        }
        int size = family == IPV4_FAMILY ? IPV4_BYTES : IPV6_BYTES;
        int prefix = bytes[offset + 1] & 0xFF;
        if (length != INET_HEADER_BYTES + size || bytes[offset + 3] != size || prefix > 8 * size) {
            throw new MalformedValueException("inet of family " + family + " expects " + size
                    + " bytes and a prefix of at most " + 8 * size + ", got " + (length - INET_HEADER_BYTES)
                    + " bytes and a prefix of " + prefix);
        }
        StringBuilder text = new StringBuilder(48);
        if (family == IPV4_FAMILY) {
            ipv4(text, bytes, offset + INET_HEADER_BYTES);
        } else {
            ipv6(text, bytes, offset + INET_HEADER_BYTES);
        }
        if (network || prefix != 8 * size) {
            text.append('/').append(prefix);
        }
        give(column, text, visitor);
    }

    private static void ipv4(StringBuilder text, byte[] bytes, int offset) {
        for (int i = 0; i < IPV4_BYTES; i++) {
            if (i > 0) {
                text.append('.');
            }
            text.append(bytes[offset + i] & 0xFF);
        }
    }

    private static void ipv6(StringBuilder text, byte[] bytes, int offset) {
        int[] words = new int[IPV6_WORDS];
        for (int i = 0; i < IPV6_WORDS; i++) {
            words[i] = Wire.uint16(bytes, offset + Short.BYTES * i);
        }
        int gap = longestRunOfZeros(words);
        int gapLength = gap < 0 ? 0 : runOfZeros(words, gap);
        for (int i = 0; i < IPV6_WORDS; i++) {
            if (i >= gap && i < gap + gapLength) {
                text.append(i == gap ? ":" : "");
                continue;
            }
            if (i > 0) {
                text.append(':');
            }
            if (i == IPV6_WORDS - 2 && gap == 0 && holdsIpv4(words, gapLength)) {
                ipv4(text, bytes, offset + IPV6_BYTES - IPV4_BYTES);
                break;
            }
            text.append(Integer.toHexString(words[i]));
        }
        if (gapLength > 0 && gap + gapLength == IPV6_WORDS) {
            text.append(':');
        }
    }

    private static boolean holdsIpv4(int[] words, int leadingZeros) {
        return leadingZeros == 6 || (leadingZeros == 5 && words[5] == 0xFFFF);
    }

    /** Returns where the first of the longest runs of two and more zero words begins, or -1. */
    private static int longestRunOfZeros(int[] words) {
        int best = -1;
        int bestLength = 1;
        for (int i = 0; i < words.length; i++) {
            int run = runOfZeros(words, i);
            if (run > bestLength) {
                best = i;
                bestLength = run;
            }
        }
        return best;
    }

    private static int runOfZeros(int[] words, int from) {
        int end = from;
        while (end < words.length && words[end] == 0) {
            end++;
        }
        return end - from;
    }

    private static void give(Column column, StringBuilder text, ValueVisitor visitor) {
        byte[] ascii = text.toString().getBytes(StandardCharsets.US_ASCII);
        visitor.text(column, ascii, 0, ascii.length);
    }
}
