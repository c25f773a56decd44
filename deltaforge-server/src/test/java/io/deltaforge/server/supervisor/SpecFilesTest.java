package io.deltaforge.server.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaforge.server.supervisor.SpecFiles.Kept;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SpecFilesTest {

    private static final Map<String, Object> DOCUMENT = Map.of("source", Map.of("dsn", "${DSN}"));

    private static final Kept NOTHING = Kept.of(Desired.RUNNING, Set.of(), Optional.empty());

    @TempDir
    private Path directory;

    private SpecFiles files;

    @BeforeEach
    void open() {
        files = new SpecFiles(directory);
    }

    @Test
    void shouldKeepWhatItWasGiven() throws IOException {
        assertThat(files.load()).isEmpty();
        Kept shop = Kept.of(Desired.PAUSED, Set.of(), Optional.of(DOCUMENT));
        Kept dots = Kept.of(Desired.STOPPED, Set.of(), Optional.empty());
        Kept sinks = Kept.of(Desired.RUNNING, Set.of("b", "a"), Optional.empty());
        files.save("shop", shop);
        files.save("..", dots);
        files.save("sinks", sinks);
        files.save("none", NOTHING);
        assertThat(new SpecFiles(directory).load()).isEqualTo(Map.of("shop", shop, "..", dots, "sinks", sinks));
        files.save("..", NOTHING);
        files.save("sinks", NOTHING);
        files.delete("shop");
        files.delete("shop");
        assertThat(new SpecFiles(directory).load()).isEmpty();
        try (var left = Files.list(directory.resolve("pipelines"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void shouldTakeNoNoticeOfAChangeThatWasCutOff() throws IOException {
        files.save("shop", Kept.of(Desired.RUNNING, Set.of(), Optional.of(DOCUMENT)));
        Path torn = directory.resolve("pipelines/shop.new");
        Files.writeString(torn, "{\"format\": 1, \"desi");
        assertThat(files.load().get("shop").document()).contains(DOCUMENT);
        assertThat(torn).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "{\"format\": 2, \"name\": \"shop\", \"desired\": \"running\"}",
                "{\"format\": 1, \"name\": \"other\", \"desired\": \"running\"}",
                "{\"format\": 1, \"name\": \"shop\", \"desired\": \"dancing\"}",
                "{\"format\": 1, \"name\": \"shop\", \"desired\": \"running\"} x",
                "{\"format\": 1, \"name\": \"shop\", \"desired\": \"running\", \"paused_sinks\": \"a\"}",
                "{\"format\": 1, \"name\": \"shop\", \"desired\": \"running\", \"paused_sinks\": [1]}"
            })
    void shouldSayWhenAFileCannotBeUsed(String content) throws IOException {
        files.save("whole", Kept.of(Desired.PAUSED, Set.of(), Optional.empty()));
        Files.writeString(directory.resolve("pipelines/shop.json"), content);
        Map<String, Kept> kept = files.load();
        assertThat(kept.get("shop").damage()).isPresent();
        assertThat(kept.get("whole").damage()).isEmpty();
    }
}
