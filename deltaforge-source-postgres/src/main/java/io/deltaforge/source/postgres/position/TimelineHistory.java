package io.deltaforge.source.postgres.position;

import java.util.ArrayList;
import java.util.List;
import org.postgresql.replication.LogSequenceNumber;

/**
 * The timelines that lead to the server's current one, oldest first. A promotion ends one timeline at its switch point and
 * begins the next there; the write-ahead log behind the switch point of an older timeline never became part of this server.
 * Immutable.
 */
public final class TimelineHistory {

    private static final long NO_END = -1L;

    private final List<Segment> segments;

    private TimelineHistory(List<Segment> segments) {
        this.segments = List.copyOf(segments);
    }

    /** One timeline: from its first byte up to, and without, its switch point; both unsigned. */
    private record Segment(int timeline, long begin, long end) {}

    /**
     * Reads what the replication command {@code TIMELINE_HISTORY} answers (PostgreSQL documentation, section 54.4): a line
     * per older timeline, with its number, its switch point and a reason, separated by white space.
     *
     * @param current the server's timeline
     * @param file the content of the history file; empty for timeline 1, which has none
     * @return the history
     * @throws IllegalArgumentException when the text is not such a file
     */
    public static TimelineHistory parse(int current, String file) {
        List<Segment> segments = new ArrayList<>();
        long begin = 0;
        for (String line : file.split("\n", -1)) {
            String text = line.strip();
            if (text.isEmpty() || text.startsWith("#")) {
                continue;
            }
            String[] fields = text.split("\\s+", 3);
            long end =
                    fields.length < 2 ? 0 : LogSequenceNumber.valueOf(fields[1]).asLong();
            if (end == 0 || !fields[0].matches("\\d{1,10}")) {
                throw new IllegalArgumentException("not a line of a timeline history: " + text);
            }
            segments.add(new Segment(Integer.parseUnsignedInt(fields[0]), begin, end));
            begin = end;
        }
        segments.add(new Segment(current, begin, NO_END));
        return new TimelineHistory(segments);
    }

    /**
     * Returns the server's timeline.
     *
     * @return its number
     */
    public int current() {
        return segments.get(segments.size() - 1).timeline;
    }

    /**
     * Returns the timeline in which a byte of the log was written.
     *
     * @param lsn the byte's LSN
     * @return the timeline's number
     */
    public int timelineOf(long lsn) {
        for (int i = segments.size() - 1; i > 0; i--) {
            if (Long.compareUnsigned(lsn, segments.get(i).begin) >= 0) {
                return segments.get(i).timeline;
            }
        }
        return segments.get(0).timeline;
    }

    /**
     * Says whether a byte of the log, written in a timeline, is part of this server's log.
     *
     * @param timeline the timeline's number
     * @param lsn the byte's LSN
     * @return false when it lies on a branch that this server did not take
     */
    public boolean contains(int timeline, long lsn) {
        return timelineOf(lsn) == timeline;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Segment segment : segments) {
            if (segment.end != NO_END) {
                text.append(Integer.toUnsignedString(segment.timeline))
                        .append(" until ")
                        .append(LogSequenceNumber.valueOf(segment.end).asString())
                        .append(", ");
            }
        }
        return text.append("now ").append(Integer.toUnsignedString(current())).toString();
    }
}
