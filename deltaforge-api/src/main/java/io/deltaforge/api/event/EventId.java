package io.deltaforge.api.event;

import java.util.UUID;

/**
 * Derives an event's id, a version 8 UUID (RFC 9562, section 5.8), from its transaction's hash, its ordinal and, for
 * events made out of one, the number of the child. The same event has the same id after every replay on any host.
 *
 * <p>Definition, with all arithmetic modulo 2^64: {@code high = hashHigh XOR (child * 0x9E3779B97F4A7C15)} with bits 48
 * to 51 replaced by the version 8; {@code low = hashLow + ordinal} with the two topmost bits replaced by the variant
 * {@code 10}. Child 0 is the event itself.
 *
 * @since 0.1.0
 */
public final class EventId {

    private static final long CHILD_STEP = 0x9E3779B97F4A7C15L;
    private static final long VERSION_8 = 0x8000L;
    private static final long VARIANT = 0x8000_0000_0000_0000L;

    private EventId() {}

    /**
     * Returns the first half of the id.
     *
     * @param hashHigh the transaction's {@link Transaction#hashHigh()}
     * @param child 0 for the event itself, else the child's number
     * @return the UUID's most significant bits
     */
    public static long high(long hashHigh, int child) {
        return ((hashHigh ^ (child * CHILD_STEP)) & ~0xF000L) | VERSION_8;
    }

    /**
     * Returns the second half of the id.
     *
     * @param hashLow the transaction's {@link Transaction#hashLow()}
     * @param ordinal the event's ordinal in the transaction
     * @return the UUID's least significant bits
     */
    public static long low(long hashLow, long ordinal) {
        return ((hashLow + ordinal) & 0x3FFF_FFFF_FFFF_FFFFL) | VARIANT;
    }

    /**
     * Returns the id as an object.
     *
     * @param event the event
     * @return its id
     */
    public static UUID of(ChangeEvent event) {
        return new UUID(event.idHigh(), event.idLow());
    }
}
