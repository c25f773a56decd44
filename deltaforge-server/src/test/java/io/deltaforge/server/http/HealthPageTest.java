package io.deltaforge.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaforge.core.PipelineState;
import io.deltaforge.core.PipelineStatus;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class HealthPageTest {

    private static final Set<PipelineState> UNHEALTHY = EnumSet.of(PipelineState.FAILED, PipelineState.HELD);

    private static PipelineStatus status(String name, PipelineState state, Optional<PipelineStatus.Cause> cause) {
        return new PipelineStatus(
                name,
                state,
                Instant.EPOCH,
                cause,
                PipelineStatus.Trouble.NONE,
                Optional.of("0/1"),
                new PipelineStatus.Flow(Optional.empty(), 0, 0),
                0,
                List.of());
    }

    @ParameterizedTest
    @EnumSource
    void shouldBeUnhealthyOnlyWhereAnOperatorIsNeeded(PipelineState state) {
        HealthPage page = new HealthPage(
                List.of(status("a", PipelineState.RUNNING, Optional.empty()), status("b", state, Optional.empty())));

        assertThat(page.isHealthy()).isEqualTo(!UNHEALTHY.contains(state));
    }

    @Test
    void shouldSayWhatIsWrongAndWhatCanBeDone() {
        PipelineStatus.Cause cause =
                new PipelineStatus.Cause("SLOT_MISSING", "the slot \"s\" is gone", Optional.of("make it anew"));

        assertThat(new HealthPage(List.of(status("a", PipelineState.HELD, Optional.of(cause)))).json())
                .isEqualTo("{\"status\":\"unhealthy\",\"pipelines\":[{\"name\":\"a\",\"state\":\"held\","
                        + "\"since\":\"1970-01-01T00:00:00Z\",\"cause\":{\"reason\":\"SLOT_MISSING\","
                        + "\"message\":\"the slot \\\"s\\\" is gone\",\"remedy\":\"make it anew\"},"
                        + "\"committed\":\"0/1\",\"sinks\":[]}]}\n");
    }
}
