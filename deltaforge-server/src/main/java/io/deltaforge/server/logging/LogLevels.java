package io.deltaforge.server.logging;

import static java.util.Objects.requireNonNull;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.LoggerFactory;

/** The loggers of the process, their levels, and the form of the lines. Safe from any thread. */
public final class LogLevels {

    private static final String OWN = "io.deltaforge";
    private static final Set<String> WORDS = Set.of("off", "error", "warn", "info", "debug", "trace");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.$-]{1,200}");

    private final LoggerContext context;

    private LogLevels(LoggerContext context) {
        this.context = requireNonNull(context, "context is null");
    }

    /**
     * Finds the loggers of this process.
     *
     * @return the loggers
     */
    public static LogLevels ofProcess() {
        return new LogLevels((LoggerContext) LoggerFactory.getILoggerFactory());
    }

    /**
     * One logger.
     *
     * @param name its name
     * @param level its own level, if it has one
     * @param effective the level that counts: its own, or that of the nearest logger above that has one
     */
    public record LoggerLevel(String name, Optional<String> level, String effective) {}

    /**
     * Applies what was configured.
     *
     * @param format {@code text} or {@code json}; empty to leave it
     * @param level the level of our own lines; empty to leave it
     */
    public void apply(Optional<String> format, Optional<String> level) {
        level.ifPresent(word -> set(OWN, level));
        format.ifPresent(this::setFormat);
    }

    private void setFormat(String format) {
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        for (Iterator<Appender<ILoggingEvent>> each = root.iteratorForAppenders(); each.hasNext(); ) {
            if (each.next() instanceof OutputStreamAppender<ILoggingEvent> stream
                    && stream.getEncoder() instanceof LineEncoder lines) {
                lines.setFormat(format);
            }
        }
    }

    /**
     * Lists all loggers that were used or set so far.
     *
     * @return them, by name
     */
    public List<LoggerLevel> all() {
        return context.getLoggerList().stream().map(LogLevels::level).toList();
    }

    /**
     * Finds a logger.
     *
     * @param name its name
     * @return the logger, or empty when it was never used
     */
    public Optional<LoggerLevel> find(String name) {
        return Optional.ofNullable(context.exists(name)).map(LogLevels::level);
    }

    /**
     * Returns the level that counts for a logger.
     *
     * @param name its name
     * @return a word in small letters
     */
    public String effective(String name) {
        return level(context.getLogger(name)).effective();
    }

    /**
     * Sets the level of a logger, which is made if need be.
     *
     * @param name its name
     * @param level one of off, error, warn, info, debug, trace; empty for that of the logger above
     * @return the logger as it is now
     * @throws IllegalArgumentException saying what is wrong and what was expected
     */
    public LoggerLevel set(String name, Optional<String> level) {
        boolean isRoot = name.equalsIgnoreCase(org.slf4j.Logger.ROOT_LOGGER_NAME);
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("'" + name + "' is not the name of a logger");
        }
        if (level.isEmpty() && isRoot) {
            throw new IllegalArgumentException("the root logger needs a level, as there is none above it");
        }
        level.ifPresent(word -> {
            if (!WORDS.contains(word.toLowerCase(Locale.ROOT))) {
                throw new IllegalArgumentException(
                        "found level '" + word + "', expected one of off, error, warn, info, debug, trace");
            }
        });
        Logger logger = context.getLogger(name);
        logger.setLevel(level.map(Level::toLevel).orElse(null));
        return level(logger);
    }

    private static LoggerLevel level(Logger logger) {
        return new LoggerLevel(
                logger.getName(),
                Optional.ofNullable(logger.getLevel()).map(LogLevels::word),
                word(logger.getEffectiveLevel()));
    }

    private static String word(Level level) {
        return level.toString().toLowerCase(Locale.ROOT);
    }
}
