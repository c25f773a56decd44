package io.deltaforge.api.event;

/**
 * Where in one source's log an event ends. Opaque to everyone but its source: the bytes are stored and handed back, the
 * text is shown to people, and only {@link io.deltaforge.api.source.PositionOrder} can relate two of them. Immutable,
 * with {@code equals} and {@code hashCode} over what it denotes.
 *
 * @since 0.1.0
 */
public interface SourcePosition {

    /**
     * Returns the stored form, which {@link io.deltaforge.api.source.PositionOrder#parse} reads back in any later
     * version of the source.
     *
     * @return a new array
     */
    byte[] toBytes();

    /**
     * Returns the form for people.
     *
     * @return one line, for example {@code 0/16B3748+12}
     */
    @Override
    String toString();
}
