package io.deltaforge.testkit.mutant;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import org.assertj.core.api.Assertions;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

/** Runs one test of a conformance suite over a broken plugin. */
final class Suites {

    private Suites() {}

    /** Fails unless everything but the look-up by the service loader passes: wrapping alone breaks nothing. */
    static void assertSurvives(Class<?> unchanged) {
        Events tests = EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(unchanged))
                .execute()
                .testEvents();
        Assertions.assertThat(tests.started().count()).as("tests started").isGreaterThan(7);
        Assertions.assertThat(tests.failed().stream()
                        .map(event -> event.getTestDescriptor().getDisplayName()))
                .as("tests that fail over a plugin that is wrapped and otherwise unchanged")
                .containsExactly("shouldBeFoundByTheServiceLoader()");
    }

    /** Fails unless the test of the suite, run over the mutant, fails. */
    static void assertKilled(Class<?> mutant, String test) {
        Events tests = EngineTestKit.engine("junit-jupiter")
                .selectors(selectMethod(mutant.getName() + "#" + test))
                .execute()
                .testEvents();
        Assertions.assertThat(tests.started().count()).as("tests started").isEqualTo(1);
        Assertions.assertThat(tests.failed().count())
                .as("whether %s fails over the mutant %s", test, mutant.getSimpleName())
                .isEqualTo(1);
    }
}
