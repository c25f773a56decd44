package io.deltaforge.testkit.check;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.slf4j.LoggerFactory;

/**
 * Sees what a plugin leaves behind: threads that were not there before, and everything that was logged meanwhile, at
 * every level. Used by one test at a time.
 */
public final class Witness implements AutoCloseable {

    private final Duration patience;
    private final Set<Thread> threadsBefore = new HashSet<>(liveThreads());
    private final List<String> logged = new CopyOnWriteArrayList<>();
    private final Logger root = root();
    private final Level levelBefore = root.getLevel();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            IThrowableProxy thrown = event.getThrowableProxy();
            logged.add(
                    event.getFormattedMessage() + (thrown == null ? "" : "\n" + ThrowableProxyUtil.asString(thrown)));
        }
    };

    /** Begins to watch; threads have 15 seconds to end. */
    public Witness() {
        this(Duration.ofSeconds(15));
    }

    /**
     * Begins to watch.
     *
     * @param patience how long a thread may take to end
     */
    public Witness(Duration patience) {
        this.patience = requireNonNull(patience, "patience is null");
        appender.setContext(root.getLoggerContext());
        appender.start();
        root.addAppender(appender);
    }

    private static Logger root() {
        return ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }

    private static Set<Thread> liveThreads() {
        return Thread.getAllStackTraces().keySet();
    }

    /** Lets the plugin log at its most talkative; put back by {@link #close}. */
    public void listenClosely() {
        root.setLevel(Level.TRACE);
    }

    /**
     * Fails unless all threads that came since this was made have ended.
     *
     * @param mayOutlive threads of the JVM or of a library that are no business of the plugin
     */
    public void assertNoThreadLeft(Predicate<Thread> mayOutlive) {
        await("threads left behind: " + threadsBefore.size() + " were there before")
                .atMost(patience)
                .untilAsserted(() -> assertThat(newThreads(mayOutlive)).isEmpty());
    }

    private List<String> newThreads(Predicate<Thread> mayOutlive) {
        return liveThreads().stream()
                .filter(thread -> thread.isAlive() && !threadsBefore.contains(thread))
                .filter(thread -> !isOfTheJvm(thread) && !mayOutlive.test(thread))
                .map(Thread::getName)
                .toList();
    }

    private static boolean isOfTheJvm(Thread thread) {
        String name = thread.getName();
        ThreadGroup group = thread.getThreadGroup();
        return (group != null && group.getName().equals("system"))
                || name.startsWith("ForkJoinPool.commonPool")
                || name.startsWith("CompletableFutureDelayScheduler")
                || name.startsWith("awaitility")
                || name.startsWith("junit");
    }

    /**
     * Fails if a secret can be read in anything that was logged.
     *
     * @param secret the text that must not be seen
     */
    public void assertNotLogged(String secret) {
        assertThat(logged).as("log lines").noneMatch(line -> line.contains(secret));
    }

    /**
     * Returns everything a failure shows, causes included.
     *
     * @param failure the failure
     * @return messages and stack traces
     */
    public static String textOf(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text, true));
        return text.toString();
    }

    @Override
    public void close() {
        root.detachAppender(appender);
        root.setLevel(levelBefore);
    }
}
