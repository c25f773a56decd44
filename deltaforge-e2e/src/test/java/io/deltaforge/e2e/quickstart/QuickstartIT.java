package io.deltaforge.e2e.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("smoke")
final class QuickstartIT {

    @Test
    void shouldFindEveryCommittedChangeInKafka() {
        ByteArrayOutputStream output = new ByteArrayOutputStream();

        int status = run(output, "--duration", "4s", "--rate", "500");

        String text = output.toString(StandardCharsets.UTF_8);
        assertThat(status).as(text).isZero();
        assertThat(text)
                .contains("0 missing, 0 unknown", "OK: every committed change is in Kafka")
                .containsPattern("u (orders|products) +id=\\d+ +\\w+=\\S+ -> \\S+")
                .doesNotContain("\u001b");
    }

    @Test
    void shouldFailAndNameTheEventWhenThePipelineLosesASingleOne() {
        ByteArrayOutputStream output = new ByteArrayOutputStream();

        int status = run(output, "--duration", "2s", "--rate", "200", "--drop-one");

        String text = output.toString(StandardCharsets.UTF_8);
        assertThat(status).as(text).isEqualTo(1);
        assertThat(text).contains("1 missing, 0 unknown", "missing  products id=7 version=1 op=c", "FAILED");
    }

    private static int run(ByteArrayOutputStream output, String... arguments) {
        return Quickstart.run(Screen.plain(new PrintStream(output, true, StandardCharsets.UTF_8)), arguments);
    }
}
