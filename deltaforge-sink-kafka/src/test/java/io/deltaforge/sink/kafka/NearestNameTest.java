package io.deltaforge.sink.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class NearestNameTest {

    private static final List<String> KNOWN = List.of("acks", "retries", "message.timeout.ms");

    @Test
    void shouldFindTheNameWithTheFewestLettersToChange() {
        assertThat(NearestName.to("ack", KNOWN)).contains("acks");
        assertThat(NearestName.to("message_timeout_ms", KNOWN)).contains("message.timeout.ms");
        assertThat(NearestName.to("something.else.entirely", KNOWN)).isEmpty();
    }

    @Test
    void shouldCountInsertedDroppedAndReplacedLetters() {
        assertThat(NearestName.distance("kitten", "sitting")).isEqualTo(3);
        assertThat(NearestName.distance("", "abc")).isEqualTo(3);
        assertThat(NearestName.distance("abc", "abc")).isZero();
    }
}
