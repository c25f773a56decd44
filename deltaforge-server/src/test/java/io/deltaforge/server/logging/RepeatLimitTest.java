package io.deltaforge.server.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class RepeatLimitTest {

    private final LoggerContext context = new LoggerContext();
    private final ListAppender<ILoggingEvent> printed = new ListAppender<>();
    private long now = 1;
    private final RepeatLimit limit = new RepeatLimit(() -> now);

    @BeforeEach
    void start() {
        limit.setContext(context);
        limit.start();
        context.addTurboFilter(limit);
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.TRACE);
        printed.start();
        root.addAppender(printed);
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    private List<String> lines() {
        return printed.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private void minute() {
        now += TimeUnit.MINUTES.toNanos(1);
    }

    @Test
    void shouldSayALineOfALibraryOnceAMinuteAndHowManyMoreThereWere() {
        Logger library = context.getLogger("org.apache.kafka.clients.NetworkClient");
        for (int i = 1; i <= 60; i++) {
            library.warn("Connection to node {} failed", i);
        }
        assertThat(lines()).containsExactly("Connection to node 1 failed");
        minute();
        library.warn("Connection to node {} failed", 61);
        assertThat(lines())
                .containsExactly(
                        "Connection to node 1 failed",
                        "(59 more like this in the last minute) Connection to node 2 failed",
                        "Connection to node 61 failed");
        assertThat(printed.list.get(1).getLevel()).isEqualTo(Level.WARN);
        assertThat(printed.list.get(1).getLoggerName()).isEqualTo("org.apache.kafka.clients.NetworkClient");
    }

    @Test
    void shouldSayHowManyThereWereAlsoWhenNoneFollows() {
        Logger library = context.getLogger("library");
        library.error("broken");
        library.error("broken");
        limit.sweep();
        assertThat(lines()).containsExactly("broken");
        minute();
        limit.sweep();
        limit.sweep();
        assertThat(lines()).containsExactly("broken", "(1 more like this in the last minute) broken");
    }

    @Test
    void shouldNotLetOnePipelineSilenceAnother() {
        Logger own = context.getLogger("io.deltaforge.core.PipelineRun");
        for (int i = 0; i < 20; i++) {
            own.warn("Pipeline {}: {}", "shop", i);
        }
        own.warn("Pipeline {}: {}", "audit", 0);
        assertThat(lines()).hasSize(6).last().isEqualTo("Pipeline audit: 0");
    }

    @Test
    void shouldNotLimitWhatSomebodyDebugs() {
        Logger library = context.getLogger("library");
        for (int i = 0; i < 20; i++) {
            library.debug("detail");
            library.trace("detail");
        }
        assertThat(lines()).hasSize(40);
    }

    @Test
    void shouldCountNothingThatItsLoggerDoesNotSay() {
        Logger library = context.getLogger("library");
        library.setLevel(Level.ERROR);
        library.warn("quiet");
        library.warn("quiet");
        minute();
        limit.sweep();
        assertThat(lines()).isEmpty();
    }

    @Test
    void shouldKeepClientsFromPrintingTheirConfiguration() {
        Logger config = context.getLogger("org.apache.kafka.clients.producer.ProducerConfig");
        config.setLevel(Level.TRACE);
        config.info("ProducerConfig values: sasl.jaas.config = ...");
        config.debug("values");
        config.warn("something is wrong");
        assertThat(lines()).containsExactly("something is wrong");
    }

    @Test
    void shouldForgetTheOldestPlacesRatherThanGrow() {
        Logger library = context.getLogger("library");
        for (int i = 0; i < 2_001; i++) {
            library.warn("place " + i);
        }
        library.warn("place 0");
        library.warn("place 2000");
        assertThat(lines()).hasSize(2_002).last().isEqualTo("place 0");
    }
}
