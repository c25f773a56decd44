package io.deltaforge.core.envelope;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaforge.api.encode.EventEncoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds every byte of every envelope: each kind of event, each type of value. A change of one is a change for consumers. */
final class EnvelopeGoldenTest {

    private static final Path RESOURCES = Path.of("src", "test", "resources", "io", "deltaforge", "core", "envelope");

    private static Map<String, Envelope> envelopes() {
        DebeziumEnvelope.Values other = new DebeziumEnvelope.Values(
                DebeziumEnvelope.Times.ISOSTRING,
                DebeziumEnvelope.Decimals.STRING,
                DebeziumEnvelope.Binaries.HEX,
                DebeziumEnvelope.Intervals.STRING,
                DebeziumEnvelope.Maps.MAP,
                "gone");
        Map<String, Envelope> envelopes = new LinkedHashMap<>();
        envelopes.put("native", Envelope.NATIVE);
        envelopes.put("debezium", DebeziumEnvelope.DEFAULT);
        envelopes.put("debezium-texts", new DebeziumEnvelope(other, "", false, false, true));
        envelopes.put(
                "debezium-schemas", new DebeziumEnvelope(DebeziumEnvelope.Values.DEFAULT, "crm", true, true, false));
        envelopes.put("cloudevents", new CloudEventsEnvelope("com.example.shop", false));
        envelopes.put("cloudevents-binary", new CloudEventsEnvelope("com.example.shop", true));
        return envelopes;
    }

    static Set<String> names() {
        return new TreeSet<>(envelopes().keySet());
    }

    /** Run with {@code -Dgolden.update=true} to write the files anew, and look at every difference. */
    @ParameterizedTest
    @MethodSource("names")
    void shouldWriteTheSameBytesAsEver(String name) throws IOException {
        EventEncoder encoder = EnvelopeEncoders.create(envelopes().get(name), "shop");
        StringBuilder text = new StringBuilder();
        Samples.events().forEach((kind, event) -> {
            text.append("# ").append(kind).append('\n');
            byte[] key = encoder.key(event);
            text.append(key == null ? "no key" : utf8(key)).append('\n');
            encoder.headers(
                    event,
                    (header, value) ->
                            text.append(header).append(": ").append(utf8(value)).append('\n'));
            text.append(utf8(encoder.value(event))).append('\n');
            text.append(encoder.hasTombstone(event) ? "tombstone\n" : "");
        });
        Path file = RESOURCES.resolve(name + ".golden");
        if (Boolean.getBoolean("golden.update")) {
            Files.createDirectories(RESOURCES);
            Files.writeString(file, text);
        }

        assertThat(text).hasToString(Files.readString(file));
    }

    private static String utf8(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
