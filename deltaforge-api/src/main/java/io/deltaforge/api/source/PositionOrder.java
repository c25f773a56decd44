package io.deltaforge.api.source;

import io.deltaforge.api.event.SourcePosition;
import java.util.Collection;

/**
 * How positions of one source relate. Positions may be partially ordered, as MySQL's GTID sets are; whatever cannot be
 * answered for certain is a {@link io.deltaforge.api.error.SourceException} of kind {@code HELD}, never a guess. Stateless.
 *
 * @since 0.1.0
 */
public interface PositionOrder {

    /**
     * Reads a stored position.
     *
     * @param bytes what {@link SourcePosition#toBytes} gave, in this or an earlier version
     * @return the position
     * @throws io.deltaforge.api.error.SourceException of kind {@code HELD} when these are not a position of this source
     */
    SourcePosition parse(byte[] bytes);

    /**
     * Says whether somebody who has everything up to {@code cursor} has what ends at {@code position} as well.
     *
     * @param cursor how far somebody has come
     * @param position where an event, a transaction or another cursor ends
     * @return true if it is covered, equal positions included
     * @throws io.deltaforge.api.error.SourceException of kind {@code HELD} when the two cannot be compared
     */
    boolean covers(SourcePosition cursor, SourcePosition position);

    /**
     * Returns the position to start from so that nobody misses anything, which is also the one up to which the log may be
     * released.
     *
     * @param cursors how far each has come, at least one
     * @return a position that every cursor covers
     * @throws io.deltaforge.api.error.SourceException of kind {@code HELD} when there is none
     */
    SourcePosition restart(Collection<SourcePosition> cursors);
}
