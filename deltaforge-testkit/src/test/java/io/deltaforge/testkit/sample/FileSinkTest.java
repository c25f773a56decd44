package io.deltaforge.testkit.sample;

import io.deltaforge.api.sink.SinkFactory;
import io.deltaforge.testkit.sink.SinkCapability;
import io.deltaforge.testkit.sink.SinkConformanceTest;
import io.deltaforge.testkit.sink.StoredEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;

class FileSinkTest extends SinkConformanceTest {

    @TempDir
    private Path directory;

    @Override
    protected void reset() throws IOException {
        Files.deleteIfExists(directory.resolve("events.jsonl"));
    }

    @Override
    protected SinkFactory factory() {
        return new FileSinkFactory();
    }

    @Override
    protected Map<String, Object> settings() {
        return Map.of("path", directory.resolve("events.jsonl").toString());
    }

    @Override
    protected List<StoredEvent> stored() throws IOException {
        return Files.readAllLines(directory.resolve("events.jsonl")).stream()
                .map(line -> StoredEvent.ofJson(line.getBytes(StandardCharsets.UTF_8)))
                .toList();
    }

    @Override
    protected Set<SinkCapability> capabilities() {
        return Set.of(SinkCapability.TOTAL_ORDER, SinkCapability.TRUNCATE);
    }
}
