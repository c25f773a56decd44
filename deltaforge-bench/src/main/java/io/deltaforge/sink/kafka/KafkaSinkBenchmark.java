package io.deltaforge.sink.kafka;

import io.deltaforge.api.encode.EventEncoder;
import io.deltaforge.api.encode.EventRouter;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.metrics.MetricScope;
import io.deltaforge.api.sink.DeadLetters;
import io.deltaforge.api.sink.SinkContext;
import io.deltaforge.bench.jmh.SampleLog;
import io.deltaforge.core.envelope.Envelope;
import io.deltaforge.core.envelope.EnvelopeEncoders;
import io.deltaforge.core.routing.TemplateRouter;
import io.deltaforge.testkit.context.TestSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The sink without a broker: batches of 1,000 events into Kafka's mock producer, which acknowledges at once; per event. It
 * is in the sink's package to hand it that producer.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class KafkaSinkBenchmark {

    private static final int EVENTS = 1_000;
    private static final String TOPIC = "bench";

    /** What the engine offers to a sink, with nobody who looks at metrics. */
    private static final class Context implements SinkContext {
        @Override
        public String pipeline() {
            return "bench";
        }

        @Override
        public String sink() {
            return "kafka";
        }

        @Override
        public EventEncoder encoder() {
            return EnvelopeEncoders.create(Envelope.NATIVE, pipeline());
        }

        @Override
        public EventRouter router(String template) {
            return TemplateRouter.compile(template, pipeline());
        }

        @Override
        public MetricScope metrics() {
            return MetricScope.none();
        }

        @Override
        public DeadLetters deadLetters() {
            return (event, reason) -> {
                throw new IllegalStateException("refused: " + event, reason);
            };
        }
    }

    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final EventBatch batch = SampleLog.batch(EVENTS);
    private final List<byte[]> keys = new ArrayList<>();
    private final List<byte[]> values = new ArrayList<>();
    private KafkaSink sink;

    /** Makes the state; called by JMH. */
    public KafkaSinkBenchmark() {}

    /** Opens the sink and encodes everything for the baseline. */
    @Setup
    public void open() {
        Context context = new Context();
        EventEncoder encoder = context.encoder();
        for (ChangeEvent event : batch.events()) {
            keys.add(encoder.key(event));
            values.add(encoder.value(event));
        }
        TestSettings settings =
                TestSettings.of(new KafkaSinkFactory().config(), Map.of("brokers", "localhost:9092", "topic", TOPIC));
        sink = new KafkaSink(context, KafkaSinkFactory.options(settings, context), () -> producer);
        sink.open();
    }

    /**
     * The baseline: a bare loop that sends ready-made keys and values.
     *
     * @return the last answer
     */
    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public Future<RecordMetadata> bareProducerLoop() {
        producer.clear();
        Future<RecordMetadata> last = null;
        for (int i = 0; i < EVENTS; i++) {
            last = producer.send(new ProducerRecord<>(TOPIC, keys.get(i), values.get(i)), (metadata, failure) -> {});
        }
        return last;
    }

    /**
     * A batch from events to acknowledgements, encoding included.
     *
     * @return the completed delivery
     */
    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public CompletionStage<Void> deliver() {
        producer.clear();
        CompletionStage<Void> delivery = sink.deliver(batch);
        if (!delivery.toCompletableFuture().isDone()) {
            throw new IllegalStateException("not acknowledged");
        }
        return delivery;
    }
}
