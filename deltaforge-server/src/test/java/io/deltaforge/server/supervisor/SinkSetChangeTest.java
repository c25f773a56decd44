package io.deltaforge.server.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.deltaforge.core.PipelineState;
import io.deltaforge.server.config.InvalidConfig;
import io.deltaforge.server.json.JsonText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sinks that are added to a running pipeline, and removed from it. */
final class SinkSetChangeTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration NONE = Duration.ZERO;
    private static final String SPOOL = "spool.enabled = true";

    @TempDir
    private Path directory;

    private LedgerPipelines process;

    @BeforeEach
    void start() throws IOException {
        process = new LedgerPipelines(directory, "");
    }

    @AfterEach
    void stop() {
        process.close();
    }

    private void restart() throws IOException {
        process.close();
        process = new LedgerPipelines(directory, "");
    }

    private Instant running(String settings) throws IOException {
        process.changes.create(
                process.spec(LedgerPipelines.pipeline("shop", settings, process.sink("ledger"))), PATIENCE);
        process.awaitMore("ledger");
        return process.sink("shop", "ledger").since();
    }

    private Map<?, ?> patch(String json) throws IOException {
        return (Map<?, ?>) JsonText.read(json.replace('\'', '"'));
    }

    private Map<?, ?> adding(String id, String more) throws IOException {
        return patch("{'sinks': {'" + id + "': {'type': 'ledger', 'file': '" + process.ledger(id) + "'" + more + "}}}");
    }

    private void assertUntouched(Instant since) throws IOException {
        process.awaitMore("ledger");
        assertWhole(process.rows("ledger"), 1_000);
        assertThat(process.made).as("made anew").containsExactly("shop");
        assertThat(process.sink("shop", "ledger").since()).isEqualTo(since);
        assertThat(process.sink("shop", "ledger").trouble().failures()).isZero();
    }

    /** Every row from one on, each once, in order. */
    private static void assertWhole(List<Long> rows, long first) {
        long expected = first;
        for (int i = 0; i < rows.size(); i++) {
            assertThat(rows.get(i)).as("row %s of %s", i, rows.size()).isEqualTo(expected);
            expected = expected % 1_000 == 2 ? (expected / 1_000 + 1) * 1_000 : expected + 1;
        }
    }

    @Test
    void shouldAddAndRemoveASinkWhileTheOthersGoOn() throws IOException {
        Instant since = running(SPOOL);
        long before = process.rows("ledger").get(process.rows("ledger").size() - 1);

        Changes.Outcome added = process.changes.patch("shop", adding("second", ""), PATIENCE, SinkStart.NOW);
        assertThat(added.made()).isFalse();
        assertThat(process.sinks("shop")).containsExactly("ledger", "second");
        process.awaitMore("second");
        List<Long> second = process.rows("second");
        assertThat(second.get(0)).isGreaterThan(before);
        assertWhole(second, second.get(0));
        assertUntouched(since);
        assertThat(process.cursors("shop")).containsExactly("ledger", "second");
        assertThat(Files.readString(process.kept("shop"))).contains("second.ledger");

        process.changes.patch("shop", patch("{'sinks': {'second': null}}"), PATIENCE, SinkStart.OLDEST);
        List<Long> left = process.rows("second");
        assertUntouched(since);
        assertThat(process.rows("second")).isEqualTo(left);
        assertThat(process.cursors("shop")).containsExactly("ledger");
        assertThat(process.forgotten).containsExactly(Map.of("pipeline", "shop", "sink", "second"));
        assertThat(Files.readString(process.kept("shop"))).doesNotContain("second");
    }

    @Test
    void shouldGoOnWithTheSinksThatThereAreAfterARestart() throws IOException {
        running(SPOOL);
        process.changes.patch("shop", adding("second", ""), PATIENCE, SinkStart.NOW);
        process.changes.patch("shop", adding("third", ""), NONE, SinkStart.NOW);
        process.changes.patch("shop", patch("{'sinks': {'third': null}}"), PATIENCE, SinkStart.OLDEST);
        process.awaitMore("second");
        long first = process.rows("second").get(0);
        List<Long> third = process.rows("third");

        restart();
        process.awaitMore("second");
        process.awaitMore("ledger");
        assertWhole(process.rows("second"), first);
        assertWhole(process.rows("ledger"), 1_000);
        assertThat(process.sinks("shop")).containsExactly("ledger", "second");
        assertThat(process.cursors("shop")).containsExactly("ledger", "second");
        assertThat(process.rows("third")).isEqualTo(third);
    }

    @Test
    void shouldReplaceTheOnlySinkInOneChange() throws IOException {
        running(SPOOL);
        process.changes.put(
                process.spec(LedgerPipelines.pipeline("shop", SPOOL, process.sink("second"))),
                PATIENCE,
                SinkStart.OLDEST);
        assertThat(process.sinks("shop")).containsExactly("second");
        assertThat(process.cursors("shop")).containsExactly("second");
        process.awaitMore("second");
        assertThat(process.made).containsExactly("shop");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldTakeASinkBackThatTakesNoEvents(boolean required) throws IOException {
        Instant since = running(SPOOL);
        String kept = Files.readString(process.kept("shop"));
        Map<?, ?> broken = adding("bad", ", 'broken': true, 'required': " + required);

        RefusedChange refused = catchThrowableOfType(
                RefusedChange.class, () -> process.changes.patch("shop", broken, PATIENCE, SinkStart.OLDEST));
        assertThat(refused.code()).isEqualTo("PIPELINE_DID_NOT_START");
        assertThat(refused.reason().orElseThrow().reason()).isEqualTo("LEDGER");
        assertThat(refused).hasMessageContaining("sink bad");
        assertUntouched(since);
        assertThat(process.sinks("shop")).containsExactly("ledger");
        assertThat(process.view("shop").status().state()).isEqualTo(PipelineState.RUNNING);
        assertThat(process.cursors("shop")).containsExactly("ledger");
        assertThat(process.forgotten).containsExactly(Map.of("pipeline", "shop", "sink", "bad"));
        assertThat(Files.readString(process.kept("shop"))).isEqualTo(kept);
    }

    @Test
    void shouldTakeASinkBackWhenTheChangeCannotBeWrittenDown() throws IOException {
        Instant since = running(SPOOL);
        Path obstacle = Files.createDirectories(directory.resolve("state/pipelines/shop.new/in-the-way"));
        Map<?, ?> second = adding("second", "");

        RefusedChange refused = catchThrowableOfType(
                RefusedChange.class, () -> process.changes.patch("shop", second, NONE, SinkStart.NOW));
        assertThat(refused.code()).isEqualTo("NOT_KEPT");
        assertUntouched(since);
        assertThat(process.sinks("shop")).containsExactly("ledger");
        assertThat(process.cursors("shop")).containsExactly("ledger");

        Files.delete(obstacle);
        process.changes.patch("shop", second, PATIENCE, SinkStart.NOW);
        assertUntouched(since);
    }

    @Test
    void shouldRefuseToRemoveASinkThatTheCommitPolicyNeeds() throws IOException {
        Instant since = running(SPOOL);
        process.changes.patch("shop", adding("optional", ", 'required': false"), PATIENCE, SinkStart.NOW);
        assertThat(findings("{'sinks': {'ledger': null}}")).contains("required = true");
        assertUntouched(since);
        assertThat(process.sinks("shop")).containsExactly("ledger", "optional");

        process.changes.patch(
                "shop", patch("{'commit_policy': {'mode': 'quorum', 'quorum': 2}}"), NONE, SinkStart.OLDEST);
        assertThat(findings("{'sinks': {'optional': null}}")).contains("quorum must be from 1");
        assertThat(process.sinks("shop")).containsExactly("ledger", "optional");
    }

    private String findings(String patch) {
        return catchThrowableOfType(
                        InvalidConfig.class,
                        () -> process.changes.patch("shop", patch(patch), PATIENCE, SinkStart.OLDEST))
                .findings()
                .toString();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'batch': {'max_events': 7}, 'sinks': {'second': @}}",
                "{'sinks': {'ledger': {'topic': 'other'}, 'second': @}}"
            })
    void shouldMakeThePipelineAnewForAnyOtherChange(String change) throws IOException {
        running(SPOOL);
        Map<?, ?> both = patch(change.replace("@", "{'type': 'ledger', 'file': '" + process.ledger("second") + "'}"));
        String kept = Files.readString(process.kept("shop"));
        assertThat(catchThrowableOfType(
                                RefusedChange.class, () -> process.changes.patch("shop", both, NONE, SinkStart.NOW))
                        .code())
                .isEqualTo("SINK_START_NOT_POSSIBLE");
        assertThat(process.made).containsExactly("shop");
        assertThat(Files.readString(process.kept("shop"))).isEqualTo(kept);

        process.changes.patch("shop", both, NONE, SinkStart.OLDEST);
        assertThat(process.made).containsExactly("shop", "shop");
        process.awaitMore("second");
        process.awaitMore("ledger");
        assertWhole(process.rows("ledger"), 1_000);
    }

    @Test
    void shouldMakeThePipelineAnewWhenASecondSinkSwitchesTheSpoolOn() throws IOException {
        running("");
        process.changes.patch("shop", adding("second", ""), NONE, SinkStart.OLDEST);
        assertThat(process.made).containsExactly("shop", "shop");
        process.awaitMore("second");

        Instant since = process.sink("shop", "second").since();
        process.changes.patch("shop", patch("{'sinks': {'ledger': null}}"), NONE, SinkStart.OLDEST);
        process.awaitMore("second");
        assertThat(process.made)
                .as("a spool that is not needed is no reason to stop")
                .hasSize(2);
        assertThat(process.sink("shop", "second").since()).isEqualTo(since);
    }

    @Test
    void shouldMakeThePipelineAnewWhenItsProcessorsChangePlaces() throws IOException {
        String first = "{ id = first, type = filter, ops = [ create ] }";
        String last = "{ id = last, type = filter, ops = [ create, update ] }";
        running("processors = [ " + first + ", " + last + " ]");
        process.changes.put(
                process.spec(LedgerPipelines.pipeline(
                        "shop", "processors = [ " + last + ", " + first + " ]", process.sink("ledger"))),
                NONE,
                SinkStart.OLDEST);
        assertThat(process.made).containsExactly("shop", "shop");
    }
}
