package io.deltaforge.server.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApiVersionTest {

    @ParameterizedTest(name = "a plugin for {1} runs with {0}: {2}")
    @CsvSource({
        "1.4.2, 1.4.2, true",
        "1.4.2, 1.4.3, false",
        "1.4.2, 1.5.0, false",
        "1.4.2, 1.3.9, true",
        "1.4.2, 1.0.0, true",
        "1.4.2, 2.0.0, false",
        "2.0.0, 1.9.9, false",
        "0.3.1, 0.3.0, true",
        "0.3.1, 0.3.2, false",
        "0.3.1, 0.2.0, false",
        "1.4.2, 1.4.2-SNAPSHOT, true",
        "1.4.2, 1.4, true",
    })
    void shouldRunWhatWasMadeForTheSameMajorVersionAndNoNewerOne(String ours, String plugin, boolean runs) {
        assertThat(ApiVersion.parse(ours)
                        .orElseThrow()
                        .runs(ApiVersion.parse(plugin).orElseThrow()))
                .isEqualTo(runs);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "one", "1.x", "-1.2", "9999999.1", "1.2 beta"})
    void shouldNotTakeOtherTextForAVersion(String text) {
        assertThat(ApiVersion.parse(text)).isEmpty();
    }

    @Test
    void shouldKnowItsOwnVersionFromTheBuild() {
        assertThat(ApiVersion.ours().toString()).matches("\\d+\\.\\d+\\.\\d+");
    }
}
