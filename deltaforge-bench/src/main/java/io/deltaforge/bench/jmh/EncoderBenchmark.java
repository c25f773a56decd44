package io.deltaforge.bench.jmh;

import io.deltaforge.api.encode.EventEncoder;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.core.envelope.Envelope;
import io.deltaforge.core.envelope.EnvelopeEncoders;
import java.util.List;
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

/** A row of 10 columns from the bytes of the wire to the bytes of the native envelope; per event. */
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
    private final byte[][] encoded = events.stream().map(encoder::value).toArray(byte[][]::new);
    private int next;

    /** Makes the state; called by JMH. */
    public EncoderBenchmark() {}

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
     * Encodes a key.
     *
     * @return the key
     */
    @Benchmark
    public byte[] key() {
        return encoder.key(events.get(next++ & EVENTS - 1));
    }
}
