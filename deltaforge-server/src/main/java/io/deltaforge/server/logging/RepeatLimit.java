package io.deltaforge.server.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Marker;
import org.slf4j.helpers.MessageFormatter;

/**
 * Lets a line of one place in the code through a few times a minute, and says at the end of the minute how many more there
 * were. A place is a logger with a message and its first argument, which names the pipeline in our own lines. Debugging is
 * not limited. What prints whole client configurations, free secrets included, is not let through at all. Safe from any
 * thread.
 */
public final class RepeatLimit extends TurboFilter {

    private static final Set<String> DUMPS = Set.of(
            "org.apache.kafka.clients.producer.ProducerConfig",
            "org.apache.kafka.clients.consumer.ConsumerConfig",
            "org.apache.kafka.clients.admin.AdminClientConfig",
            "org.apache.kafka.common.config.AbstractConfig");

    private static final String OWN = "io.deltaforge.";
    private static final int OWN_PER_MINUTE = 5;
    private static final int LIBRARIES_PER_MINUTE = 1;
    private static final int MAX_PLACES = 2_000;
    private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final long SWEEP_SECS = 5;

    private record Place(String logger, Level level, String format, String first) {}

    /** A minute of one place, from its first line on. */
    private static final class Minute {
        private final Logger logger;
        private final long since;
        private int passed;
        private long more;
        private String text;

        Minute(Logger logger, long since) {
            this.logger = logger;
            this.since = since;
        }
    }

    private final LongSupplier nanoClock;
    private final Map<Place, Minute> minutes = new LinkedHashMap<>();
    private ScheduledFuture<?> sweeper;

    /** Used by Logback's configuration. */
    public RepeatLimit() {
        this(System::nanoTime);
    }

    RepeatLimit(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    @Override
    public void start() {
        super.start();
        sweeper = getContext()
                .getScheduledExecutorService()
                .scheduleWithFixedDelay(this::sweep, SWEEP_SECS, SWEEP_SECS, TimeUnit.SECONDS);
    }

    @Override
    public void stop() {
        super.stop();
        if (sweeper != null) {
            sweeper.cancel(false);
        }
    }

    @Override
    public FilterReply decide(
            Marker marker, Logger logger, Level level, String format, Object[] arguments, Throwable thrown) {
        if (!level.isGreaterOrEqual(Level.WARN) && DUMPS.contains(logger.getName())) {
            return FilterReply.DENY;
        }
        if (format == null
                || !level.isGreaterOrEqual(Level.INFO)
                || !level.isGreaterOrEqual(logger.getEffectiveLevel())) {
            return FilterReply.NEUTRAL;
        }
        String first = arguments != null && arguments.length > 0 && arguments[0] instanceof String text ? text : "";
        Place place = new Place(logger.getName(), level, format, first);
        Minute over;
        boolean passes;
        synchronized (minutes) {
            long now = nanoClock.getAsLong();
            Minute minute = minutes.get(place);
            over = minute != null && now - minute.since >= MINUTE_NANOS ? minutes.remove(place) : null;
            if (minute == null || over != null) {
                makeRoom();
                minute = new Minute(logger, now);
                minutes.put(place, minute);
            }
            int limit = logger.getName().startsWith(OWN) ? OWN_PER_MINUTE : LIBRARIES_PER_MINUTE;
            passes = minute.passed < limit;
            if (passes) {
                minute.passed++;
            } else if (minute.more++ == 0) {
                minute.text = MessageFormatter.arrayFormat(format, arguments).getMessage();
            }
        }
        summarize(level, over);
        return passes ? FilterReply.NEUTRAL : FilterReply.DENY;
    }

    /** The oldest places come first; what is forgotten may be said again. */
    private void makeRoom() {
        if (minutes.size() >= MAX_PLACES) {
            Iterator<Minute> oldest = minutes.values().iterator();
            oldest.next();
            oldest.remove();
        }
    }

    /** Says what the minutes that are over held back. */
    void sweep() {
        List<Map.Entry<Place, Minute>> over = new ArrayList<>();
        synchronized (minutes) {
            long now = nanoClock.getAsLong();
            for (Iterator<Map.Entry<Place, Minute>> each = minutes.entrySet().iterator(); each.hasNext(); ) {
                Map.Entry<Place, Minute> entry = each.next();
                if (now - entry.getValue().since >= MINUTE_NANOS) {
                    over.add(Map.entry(entry.getKey(), entry.getValue()));
                    each.remove();
                }
            }
        }
        over.forEach(entry -> summarize(entry.getKey().level(), entry.getValue()));
    }

    /** Goes past the filters, which would count it. */
    private static void summarize(Level level, Minute over) {
        if (over != null && over.more > 0) {
            over.logger.callAppenders(new LoggingEvent(
                    RepeatLimit.class.getName(),
                    over.logger,
                    level,
                    "({} more like this in the last minute) {}",
                    null,
                    new Object[] {over.more, over.text}));
        }
    }
}
