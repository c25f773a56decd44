package io.deltaforge.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.deltaforge.server.ServerProcess;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The verbs that ask a running process, each as an operator would type it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ApiVerbsIT {

    private static final String TOKEN = "open-sesame-canary";
    private static final String CONFIG = "deltaforge { data_dir = state, checkpoint.type = files, metrics.port = 0,"
            + " api { port = 0, token = \"" + TOKEN + "\" } }\n"
            + "pipelines.shop { source { type = counted, dsn = hunter2-canary }\n"
            + "  sinks = [ { id = ledger, type = ledger, file = shop.ledger } ] }\n";

    private Path config;
    private ServerProcess server;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        server = ServerProcess.run(directory, Map.of(), CONFIG).awaitReady();
        config = directory.resolve("test.conf");
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @BeforeEach
    void run() throws Exception {
        type(0, "start", "shop");
        await().atMost(Duration.ofSeconds(60))
                .until(() -> type(0, "ps").contains("shop") && type(0, "ps").contains(" running "));
    }

    /** Types a command with the address of the process, and its configuration for the token. */
    private String type(int exitCode, String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of(words));
        command.addAll(List.of("--url", server.apiAddress(), "--config", config.toString()));
        return typed(exitCode, command.toArray(String[]::new));
    }

    private static String typed(int exitCode, String... words) {
        StringWriter printed = new StringWriter();
        CommandLine line = DeltaForgeCommand.commandLine();
        line.setOut(new PrintWriter(printed));
        line.setErr(new PrintWriter(printed));
        int exit = line.execute(words);
        assertThat(exit).as("%s: %s", List.of(words), printed).isEqualTo(exitCode);
        assertThat(printed.toString()).doesNotContain(TOKEN, "hunter2-canary");
        return printed.toString();
    }

    @Test
    void shouldAskAndTellARunningProcess() throws Exception {
        assertThat(type(0, "ps"))
                .containsPattern("shop +running +\\d+ +- +[0-9.]+ s")
                .containsPattern(" ledger +running");
        assertThat(type(0, "get", "shop")).contains("\"dsn\" : \"***\"", "\"origin\" : \"file\"");
        assertThat(type(0, "pause", "shop")).contains("pipeline shop is paused");
        JsonNode paused = new ObjectMapper().readTree(type(0, "ps", "--json"));
        assertThat(paused.at("/result/pipelines/0/state").asText()).isEqualTo("paused");
        assertThat(type(0, "resume", "shop")).contains("pipeline shop is starting");
        await().atMost(Duration.ofSeconds(60)).until(() -> type(0, "ps").contains("running"));
        assertThat(type(0, "pause", "shop", "--sink", "ledger")).contains("sink ledger");
        assertThat(type(0, "start", "shop", "--sink", "ledger")).contains("sink ledger");
        assertThat(type(0, "tap", "shop", "--limit", "2", "--op", "c"))
                .containsPattern("(?s)\\{.*\"op\":\"c\".*\n.*\\{.*\"op\":\"c\".*\n.*2 events shown");
        assertThat(type(0, "top", "--interval", "1", "--count", "2"))
                .containsPattern("(?s)\\d{4}-\\d\\d-.*EVENTS/S.*shop +running +\\d+ +\\d+ .*EVENTS/S");
        assertThat(type(0, "stop", "shop")).contains("pipeline shop is stopped");
    }

    @Test
    void shouldSayWhatIsWrong() throws Exception {
        assertThat(type(2, "get", "shpo")).contains("there is no pipeline 'shpo'");
        assertThat(type(2, "pause", "shop", "--sink", "x")).contains("has no sink 'x'");
        assertThat(typed(2, "ps", "--url", server.apiAddress())).contains("send the token");
        type(0, "stop", "shop");
        assertThat(type(1, "resume", "shop", "--sink", "ledger")).contains("does not run");
        assertThat(typed(3, "ps", "--url", "http://127.0.0.1:1")).contains("http://127.0.0.1:1 cannot be asked");
        assertThat(typed(2, "ps", "--url", "gopher")).contains("--url takes an address");
    }
}
