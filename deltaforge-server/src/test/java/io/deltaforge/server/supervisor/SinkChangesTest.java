package io.deltaforge.server.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.deltaforge.core.PipelineState;
import io.deltaforge.server.json.JsonText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sinks that are told to rest, and do so until they are told to go on. */
final class SinkChangesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private LedgerPipelines process;

    @BeforeEach
    void start() throws IOException {
        start("filed", "rests");
        process.changes.create(
                process.spec(LedgerPipelines.pipeline("shop", "", process.sink("kept"), process.sink("shopped"))),
                PATIENCE);
    }

    /** Starts a process with a pipeline {@code filed} of these sinks in its file. */
    private void start(String... sinks) throws IOException {
        String described = String.join(
                ", ",
                List.of(sinks).stream()
                        .map(sink -> "{ id = " + sink + ", type = ledger, file = \""
                                + directory.resolve(sink + ".ledger") + "\" }")
                        .toList());
        process = new LedgerPipelines(directory, LedgerPipelines.pipeline("filed", "", described));
    }

    @AfterEach
    void stop() {
        process.close();
    }

    private void restart(String... sinks) throws IOException {
        process.close();
        start(sinks);
    }

    private void awaitState(String name, String sink, PipelineState state) {
        await().atMost(PATIENCE).until(() -> process.sink(name, sink).state() == state);
    }

    private static Map<?, ?> patch(String json) throws IOException {
        return (Map<?, ?>) JsonText.read(json.replace('\'', '"'));
    }

    /** Every row from the first one on, each once, in order. */
    private void assertWhole(String ledger) throws IOException {
        List<Long> rows = process.rows(ledger);
        for (int i = 0; i < rows.size(); i++) {
            assertThat(rows.get(i)).as("row %s of %s", i, rows.size()).isEqualTo((i / 3 + 1) * 1_000L + i % 3);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"shop", "filed"})
    void shouldRestThroughRestartsOfThePipelineAndTheProcess(String name) throws IOException {
        String sink = name.equals("shop") ? "shopped" : "rests";
        String other = name.equals("shop") ? "kept" : "filed";
        process.awaitMore(sink);
        process.changes.pauseSink(name, sink);
        awaitState(name, sink, PipelineState.PAUSED);
        List<Long> rows = process.rows(sink);

        process.changes.rest(name, Desired.STOPPED);
        process.changes.start(name);
        process.awaitMore(other);
        awaitState(name, sink, PipelineState.PAUSED);
        restart("filed", "rests");
        process.awaitMore(other);
        awaitState(name, sink, PipelineState.PAUSED);
        assertThat(process.view(name).pausedSinks()).containsExactly(sink);
        assertThat(process.rows(sink)).isEqualTo(rows);

        process.changes.resumeSink(name, sink);
        process.awaitMore(sink);
        restart("filed", "rests");
        process.awaitMore(sink);
        assertWhole(sink);
        assertWhole(other);
        assertThat(Files.exists(process.kept(name))).isEqualTo(name.equals("shop"));
    }

    @Test
    void shouldRestThroughAChangeThatMakesThePipelineAnew() throws IOException {
        process.awaitMore("kept");
        process.changes.pauseSink("shop", "kept");
        awaitState("shop", "kept", PipelineState.PAUSED);
        List<Long> rows = process.rows("kept");

        Changes.Outcome changed =
                process.changes.patch("shop", patch("{'batch': {'max_events': 7}}"), PATIENCE, SinkStart.OLDEST);
        assertThat(process.made).containsExactly("filed", "shop", "shop");
        assertThat(changed.view().pausedSinks()).containsExactly("kept");
        awaitState("shop", "kept", PipelineState.PAUSED);
        process.awaitMore("shopped");
        assertThat(process.rows("kept")).isEqualTo(rows);
        process.changes.resumeSink("shop", "kept");
        process.awaitMore("kept");
        assertWhole("kept");
    }

    @Test
    void shouldTellASinkWhosePipelineDoesNotRunToRestAndToGoOn() throws IOException {
        process.awaitMore("shopped");
        process.changes.rest("shop", Desired.STOPPED);
        process.changes.pauseSink("shop", "shopped");
        process.changes.pauseSink("shop", "kept");
        process.changes.resumeSink("shop", "kept");
        for (String sink : List.of("kept", "shopped")) {
            assertThat(catchThrowableOfType(RefusedChange.class, () -> process.changes.restartSink("shop", sink))
                            .code())
                    .isEqualTo("PIPELINE_NOT_RUNNING");
        }
        assertThat(catchThrowableOfType(RefusedChange.class, () -> process.changes.resumeSink("shop", "kept"))
                        .code())
                .isEqualTo("PIPELINE_NOT_RUNNING");
        assertThat(catchThrowableOfType(RefusedChange.class, () -> process.changes.pauseSink("shop", "other")))
                .hasMessageContaining("it has kept, shopped");
        List<Long> rows = process.rows("shopped");

        process.changes.start("shop");
        process.awaitMore("kept");
        awaitState("shop", "shopped", PipelineState.PAUSED);
        assertThat(process.rows("shopped")).isEqualTo(rows);
    }

    @Test
    void shouldForgetWhatASinkWasToldThatIsGone() throws IOException {
        process.changes.pauseSink("shop", "shopped");
        process.changes.patch("shop", patch("{'sinks': {'shopped': null}}"), Duration.ZERO, SinkStart.OLDEST);
        assertThat(process.view("shop").pausedSinks()).isEmpty();
        assertThat(Files.readString(process.kept("shop"))).doesNotContain("shopped");
        String again = "{'sinks': {'shopped': {'type': 'ledger', 'file': '" + process.ledger("again") + "'}}}";
        process.changes.patch("shop", patch(again), PATIENCE, SinkStart.OLDEST);
        process.awaitMore("again");

        process.changes.pauseSink("filed", "rests");
        restart("filed");
        assertThat(process.kept("filed")).doesNotExist();
        restart("filed", "rests");
        process.awaitMore("rests");
    }

    @Test
    void shouldNotRestWhenThatCannotBeWrittenDown() throws IOException {
        Files.createDirectories(directory.resolve("state/pipelines/shop.new/in-the-way"));
        assertThat(catchThrowableOfType(RefusedChange.class, () -> process.changes.pauseSink("shop", "shopped"))
                        .code())
                .isEqualTo("NOT_KEPT");
        assertThat(process.view("shop").pausedSinks()).isEmpty();
        process.awaitMore("shopped");
    }
}
