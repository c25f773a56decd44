package io.deltaforge.sandbox;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Logger;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * The log back end inside the broker's JVM: lines to standard output, which is the broker's log file.
 *
 * <p>Named by the system property {@code slf4j.provider} there and registered nowhere: a back end among our
 * dependencies would compete with the one our users have chosen for their JVM.
 */
public final class BrokerLog implements SLF4JServiceProvider {
    /** System property of the broker's JVM with the least level that is written; default is WARN. */
    static final String LEVEL_PROPERTY = "deltaforge.sandbox.broker.log";

    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final MDCAdapter mdc = new NOPMDCAdapter();
    private final Level threshold = Level.valueOf(System.getProperty(LEVEL_PROPERTY, "WARN"));

    /** Called by slf4j. */
    public BrokerLog() {}

    @Override
    public ILoggerFactory getLoggerFactory() {
        return name -> new LineLogger(name, threshold);
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return mdc;
    }

    @Override
    public String getRequestedApiVersion() {
        return "2.0";
    }

    @Override
    public void initialize() {
        // Ready since construction.
    }

    private static final class LineLogger extends LegacyAbstractLogger {
        private static final long serialVersionUID = 1L;

        private final Level threshold;

        LineLogger(String name, Level threshold) {
            this.name = name;
            this.threshold = threshold;
        }

        @Override
        protected void handleNormalizedLoggingCall(
                Level level, Marker marker, String pattern, Object[] arguments, Throwable throwable) {
            StringWriter line = new StringWriter();
            line.append(Instant.now().toString())
                    .append(' ')
                    .append(level.toString())
                    .append(' ')
                    .append(name)
                    .append(": ")
                    .append(MessageFormatter.basicArrayFormat(pattern, arguments));
            if (throwable != null) {
                line.append('\n');
                throwable.printStackTrace(new PrintWriter(line));
            }
            System.out.println(line);
        }

        @Override
        protected String getFullyQualifiedCallerName() {
            return Logger.class.getName();
        }

        @Override
        public boolean isTraceEnabled() {
            return isEnabled(Level.TRACE);
        }

        @Override
        public boolean isDebugEnabled() {
            return isEnabled(Level.DEBUG);
        }

        @Override
        public boolean isInfoEnabled() {
            return isEnabled(Level.INFO);
        }

        @Override
        public boolean isWarnEnabled() {
            return isEnabled(Level.WARN);
        }

        @Override
        public boolean isErrorEnabled() {
            return isEnabled(Level.ERROR);
        }

        private boolean isEnabled(Level level) {
            return level.toInt() >= threshold.toInt();
        }
    }
}
