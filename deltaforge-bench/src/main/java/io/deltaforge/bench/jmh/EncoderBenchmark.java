package io.deltaforge.bench.jmh;

import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.encode.EventEncoder;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.core.envelope.Envelope;
import io.deltaforge.core.envelope.EnvelopeEncoders;
import io.deltaforge.core.envelope.EnvelopeSettings;
import io.deltaforge.testkit.context.SettingsDraft;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** A row of 10 columns from the bytes of the wire to the bytes of each envelope; per event. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class EncoderBenchmark {

    private static final int EVENTS = 1_024;

    private final List<ChangeEvent> events = SampleLog.events(EVENTS);
    private final EventEncoder encoder = EnvelopeEncoders.create(Envelope.NATIVE, "bench");
    private final EventEncoder debezium = encoder("debezium", Map.of());
    private final EventEncoder debeziumSchemas = encoder("debezium", Map.of("schemas.enable", true));
    private final EventEncoder structured = encoder("cloudevents", Map.of("type_prefix", "com.example"));
    private final EventEncoder binary = encoder("cloudevents", Map.of("type_prefix", "com.example", "mode", "binary"));
    private final JacksonEncoder jackson = new JacksonEncoder();
    private final byte[][] encoded = events.stream().map(encoder::value).toArray(byte[][]::new);
    private int next;

    /** Makes the state; called by JMH. */
    public EncoderBenchmark() {}

    private static EventEncoder encoder(String type, Map<String, Object> options) {
        ConfigSpec spec = EnvelopeSettings.envelope().nested().orElseThrow().variant(type);
        SettingsDraft settings = new SettingsDraft(spec, "envelope.").set(ConfigSpec.TYPE, type);
        options.forEach(settings::set);
        return EnvelopeEncoders.create(EnvelopeSettings.read(settings), "bench");
    }

    /**
     * The baseline: copies the same bytes.
     *
     * @return the copy
     */
    @Benchmark
    public byte[] copyOfTheSameBytes() {
        return encoded[next++ & EVENTS - 1].clone();
    }

    /**
     * Encodes a value.
     *
     * @return the envelope
     */
    @Benchmark
    public byte[] nativeEnvelope() {
        return encoder.value(events.get(next++ & EVENTS - 1));
    }

    /**
     * The baseline of another library: the native envelope through Jackson's streaming generator, from the same bytes.
     *
     * @return the envelope
     */
    @Benchmark
    public byte[] nativeEnvelopeByJackson() {
        return jackson.value(events.get(next++ & EVENTS - 1));
    }

    /**
     * Encodes a value.
     *
     * @return Debezium's envelope
     */
    @Benchmark
    public byte[] debeziumEnvelope() {
        return debezium.value(events.get(next++ & EVENTS - 1));
    }

    /**
     * Encodes a value.
     *
     * @return Debezium's envelope with its schema
     */
    @Benchmark
    public byte[] debeziumEnvelopeWithSchema() {
        return debeziumSchemas.value(events.get(next++ & EVENTS - 1));
    }

    /**
     * Encodes a value.
     *
     * @return a CloudEvent in structured content mode
     */
    @Benchmark
    public byte[] cloudEventStructured() {
        return structured.value(events.get(next++ & EVENTS - 1));
    }

    /**
     * Encodes a value and makes its headers.
     *
     * @param headers takes the headers
     * @return the data of a CloudEvent in binary content mode
     */
    @Benchmark
    public byte[] cloudEventBinary(Blackhole headers) {
        ChangeEvent event = events.get(next++ & EVENTS - 1);
        binary.headers(event, (name, value) -> headers.consume(value));
        return binary.value(event);
    }

    /**
     * Encodes a key.
     *
     * @return the key
     */
    @Benchmark
    public byte[] key() {
        return encoder.key(events.get(next++ & EVENTS - 1));
    }
}
