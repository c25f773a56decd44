package io.deltaforge.sink.kafka;

import io.deltaforge.api.event.ChangeEvent;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * Makes the header {@code df-event-id}: the event's id as 36 characters, the same text as {@code event_id} in the native
 * envelope, so that consumers can recognise an event that comes twice without reading its value.
 */
final class EventIdHeader {

    static final String NAME = "df-event-id";
    static final int LENGTH = 36;

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private EventIdHeader() {}

    static Header of(ChangeEvent event) {
        return new RecordHeader(NAME, text(event.idHigh(), event.idLow()));
    }

    /** Writes a UUID the way RFC 9562, section 4, does: 8-4-4-4-12 digits in lower case. */
    static byte[] text(long high, long low) {
        byte[] text = new byte[LENGTH];
        digits(text, 0, high >>> 32, 8);
        text[8] = '-';
        digits(text, 9, high >>> 16, 4);
        text[13] = '-';
        digits(text, 14, high, 4);
        text[18] = '-';
        digits(text, 19, low >>> 48, 4);
        text[23] = '-';
        digits(text, 24, low, 12);
        return text;
    }

    private static void digits(byte[] text, int offset, long value, int count) {
        long left = value;
        for (int i = offset + count - 1; i >= offset; i--) {
            text[i] = HEX[(int) left & 0xF];
            left >>>= 4;
        }
    }
}
