package io.deltaforge.e2e.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

final class QuickstartOptionsTest {

    @ParameterizedTest
    @CsvSource({"500ms,PT0.5S", "20s,PT20S", "20,PT20S", "5m,PT5M", "1h,PT1H", "20 S,PT20S"})
    void shouldUnderstandDurationsAsPeopleWriteThem(String text, Duration expected) {
        assertThat(new DurationConverter().convert(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s", "-5s", "0s", "5 weeks", "1.5s", "99999999999s"})
    void shouldSayHowADurationIsWritten(String text) {
        assertThatThrownBy(() -> new DurationConverter().convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("write 500ms, 20s, 5m or 1h");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--rate=0", "--rate=x", "--duration=soon", "--duratoin=5s", "now"})
    void shouldExitWithTwoBeforeAnythingStartsWhenAnArgumentIsWrong(String argument) {
        assertThat(run(argument)).isEqualTo(2);
    }

    @Test
    void shouldExitWithZeroAfterTheHelp() {
        assertThat(run("--help")).isZero();
    }

    @Test
    void shouldColourTerminalsOnlyAndNotThoseOfPeopleWhoDoNotWantThat() {
        assertThat(Screen.wantsColours(true, Map.of("TERM", "xterm"))).isTrue();
        assertThat(Screen.wantsColours(false, Map.of("TERM", "xterm"))).isFalse();
        assertThat(Screen.wantsColours(true, Map.of("NO_COLOR", "1"))).isFalse();
        assertThat(Screen.wantsColours(true, Map.of("TERM", "dumb"))).isFalse();
    }

    private static int run(String argument) {
        return Quickstart.run(
                Screen.plain(new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8)), argument);
    }
}
