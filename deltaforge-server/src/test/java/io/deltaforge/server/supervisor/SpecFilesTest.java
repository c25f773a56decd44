package io.deltaforge.server.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SpecFilesTest {

    private static final Map<String, Object> DOCUMENT = Map.of("source", Map.of("dsn", "${DSN}"));

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
        files.save("shop", Desired.PAUSED, Optional.of(DOCUMENT));
        files.save("..", Desired.STOPPED, Optional.empty());
        files.save("none", Desired.RUNNING, Optional.empty());
        assertThat(new SpecFiles(directory).load())
                .isEqualTo(Map.of(
                        "shop",
                        new SpecFiles.Kept(Desired.PAUSED, Optional.of(DOCUMENT), Optional.empty()),
                        "..",
                        new SpecFiles.Kept(Desired.STOPPED, Optional.empty(), Optional.empty())));
        files.save("..", Desired.RUNNING, Optional.empty());
        files.delete("shop");
        files.delete("shop");
        assertThat(new SpecFiles(directory).load()).isEmpty();
        try (var left = Files.list(directory.resolve("pipelines"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void shouldTakeNoNoticeOfAChangeThatWasCutOff() throws IOException {
        files.save("shop", Desired.RUNNING, Optional.of(DOCUMENT));
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
                "{\"format\": 1, \"name\": \"shop\", \"desired\": \"running\"} x"
            })
    void shouldSayWhenAFileCannotBeUsed(String content) throws IOException {
        files.save("whole", Desired.PAUSED, Optional.empty());
        Files.writeString(directory.resolve("pipelines/shop.json"), content);
        Map<String, SpecFiles.Kept> kept = files.load();
        assertThat(kept.get("shop").damage()).isPresent();
        assertThat(kept.get("whole").damage()).isEmpty();
    }
}
