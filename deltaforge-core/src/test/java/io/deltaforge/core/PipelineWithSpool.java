package io.deltaforge.core;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.core.batch.BatchLimits;
import io.deltaforge.core.envelope.Envelope;
import io.deltaforge.core.retry.RetryPolicy;
import io.deltaforge.core.spool.SpoolLimits;
import io.deltaforge.core.support.FakeLog;
import io.deltaforge.core.support.FakeTarget;
import io.deltaforge.core.support.MemoryStore;
import io.deltaforge.core.support.NoSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** A pipeline with a spool, two sinks and more on demand, of which everything can be stalled, broken and looked at. */
abstract class PipelineWithSpool {

    private static final BatchLimits SMALL = new BatchLimits(3, 1L << 20, 5, true, 2, 4, 1L << 20, 40);
    private static final int[] EVENTS = {1, 3, 11, 2, 1};

    @TempDir
    Path directory;

    final FakeLog log = new FakeLog();
    final MemoryStore store = new MemoryStore();
    final FakeTarget one = new FakeTarget();
    final FakeTarget two = new FakeTarget();
    final FakeTarget three = new FakeTarget();
    SpoolLimits limits = new SpoolLimits(1L << 30, 0, 0, SpoolLimits.OnFull.BLOCK);
    boolean enabled = true;
    Duration deadline = Duration.ZERO;
    Pipeline pipeline;

    static SinkDefinition sink(String id, boolean required, FakeTarget target) {
        return new SinkDefinition(id, required, target, new NoSettings(), Envelope.NATIVE);
    }

    void start(SinkDefinition... more) {
        make(more);
        pipeline.start();
    }

    void make(SinkDefinition... more) {
        Pipeline.Builder builder = Pipeline.builder("shop")
                .source("db", log, new NoSettings())
                .sink(sink("one", true, one))
                .sink(sink("two", false, two))
                .batch(SMALL)
                .retry(new RetryPolicy(Duration.ofMillis(1), Duration.ofMillis(5), 0))
                .spool(new SpoolDefinition(directory.resolve("spool"), enabled, limits))
                .sinkDeadline(deadline)
                .checkpoints(store);
        for (SinkDefinition each : more) {
            builder.sink(each);
        }
        pipeline = builder.build();
    }

    @AfterEach
    void close() {
        if (pipeline != null) {
            pipeline.close();
        }
    }

    void commit(int transactions) {
        for (int i = 0; i < transactions; i++) {
            log.commit(EVENTS[log.size() % EVENTS.length]);
        }
    }

    List<String> expected() {
        return expected(1);
    }

    List<String> expected(int fromTransaction) {
        List<String> names = new ArrayList<>();
        for (int tx = fromTransaction; tx <= log.size(); tx++) {
            int events = EVENTS[(tx - 1) % EVENTS.length];
            for (int i = 0; i < events; i++) {
                names.add("tx" + tx + "#" + i + (i == events - 1 ? "!" : ""));
            }
        }
        return names;
    }

    PipelineStatus.SinkStatus status(String sink) {
        return pipeline.status().sinks().stream()
                .filter(each -> each.id().equals(sink))
                .findFirst()
                .orElseThrow();
    }

    static DeliveryException down() {
        return new DeliveryException(ErrorKind.RETRIABLE, "DOWN", "down", null);
    }

    List<Path> spoolFiles() throws IOException {
        if (!Files.isDirectory(directory.resolve("spool"))) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory.resolve("spool"))) {
            return files.toList();
        }
    }
}
