package io.deltaforge.testkit.sink;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One event as it was found in a target; equal when id and bytes are. Immutable. */
public final class StoredEvent {

    private static final Pattern EVENT_ID = Pattern.compile("\"event_id\":\"([0-9a-f-]{36})\"");

    private final UUID id;
    private final byte[] payload;

    /**
     * Takes an event that was found.
     *
     * @param id the event's id
     * @param payload what the target keeps of it, compared byte by byte
     */
    public StoredEvent(UUID id, byte[] payload) {
        this.id = requireNonNull(id, "id is null");
        this.payload = payload.clone();
    }

    /**
     * Returns the event's id.
     *
     * @return the id
     */
    public UUID id() {
        return id;
    }

    /**
     * Returns what the target keeps of it.
     *
     * @return a copy of the bytes
     */
    public byte[] payload() {
        return payload.clone();
    }

    /**
     * Finds the id in an event of the native envelope, in JSON.
     *
     * @param payload the JSON document
     * @return the event
     */
    public static StoredEvent ofJson(byte[] payload) {
        Matcher matcher = EVENT_ID.matcher(new String(payload, StandardCharsets.UTF_8));
        UUID last = null;
        while (matcher.find()) {
            last = UUID.fromString(matcher.group(1));
        }
        if (last == null) {
            throw new AssertionError("no event_id in " + new String(payload, StandardCharsets.UTF_8));
        }
        return new StoredEvent(last, payload);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StoredEvent that && id.equals(that.id) && Arrays.equals(payload, that.payload);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    @Override
    public String toString() {
        return id.toString();
    }
}
