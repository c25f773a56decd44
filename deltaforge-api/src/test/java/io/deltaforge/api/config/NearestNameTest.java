package io.deltaforge.api.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class NearestNameTest {

    private static final List<String> KNOWN = List.of("acks", "retries", "message.timeout.ms", "brokers");

    @Test
    void shouldFindTheNameWithTheFewestLettersToChange() {
        assertThat(NearestName.of("ack", KNOWN)).contains("acks");
        assertThat(NearestName.of("message_timeout_ms", KNOWN)).contains("message.timeout.ms");
        assertThat(NearestName.of("Brokerz", KNOWN)).contains("brokers");
    }

    @Test
    void shouldCountTwoSwappedLettersAsOneChange() {
        assertThat(NearestName.of("akcs", List.of("acks"))).contains("acks");
    }

    @Test
    void shouldFindNothingWhereNothingIsNear() {
        assertThat(NearestName.of("something.else.entirely", KNOWN)).isEmpty();
        assertThat(NearestName.of("acks".repeat(1_000_000), KNOWN)).isEmpty();
    }
}
