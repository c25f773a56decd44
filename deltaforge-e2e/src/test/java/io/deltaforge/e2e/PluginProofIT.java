package io.deltaforge.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.deltaforge.e2e.run.DeltaForge;
import io.deltaforge.sandbox.ChildProcess;
import io.deltaforge.sandbox.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first hour of a plugin's author: {@code scripts/plugin-proof} makes a sink outside this build, and it gets events. */
class PluginProofIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path directory;

    private final String pipeline = Sandbox.uniqueName("proof");

    @AfterEach
    void dropDatabase() {
        Sandbox.postgres().dropDatabase(pipeline);
    }

    @Test
    void shouldDeliverToASinkThatWasBuiltByAProjectOfItsOwn() throws IOException {
        Path plugins = buildThePlugin();
        Sandbox.postgres().createDatabase(pipeline);
        Sandbox.postgres().executeIn(pipeline, "CREATE TABLE orders (id bigint PRIMARY KEY, note text)");
        Path events = directory.resolve("events.jsonl");
        String text = """
            %1$s {
              source { type = postgres, dsn = "%2$s", slot = %1$s, tables = [public.orders] }
              sinks = [ { id = out, type = proof-files, path = "%3$s" } ]
            }
            """.formatted(pipeline, Sandbox.postgres().dsn(pipeline), events);
        try (DeltaForge deltaForge = new DeltaForge(directory.resolve("run"), text, "-Ddeltaforge.plugins=" + plugins)
                .start()
                .awaitReading(pipeline)) {
            List<String> expected = new ArrayList<>();
            for (long id = 1; id <= 20; id++) {
                Sandbox.postgres()
                        .executeIn(
                                pipeline,
                                "INSERT INTO orders VALUES (" + id + ", 'tea " + id + "')",
                                "DELETE FROM orders WHERE id = " + (id - 5));
                expected.add("c " + id + " tea " + id);
                if (id > 5) {
                    expected.add("d " + (id - 5));
                }
            }
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(read(events)).isEqualTo(expected));
            assertThat(deltaForge.health().statusCode()).isEqualTo(200);
        }
    }

    private Path buildThePlugin() throws IOException {
        Path command = directory.resolve("deltaforge");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Files.writeString(
                command,
                "#!/bin/sh\nexec '" + java + "' -Xmx256m -cp '" + System.getProperty("java.class.path")
                        + "' io.deltaforge.server.Main \"$@\"\n");
        Files.setPosixFilePermissions(command, PosixFilePermissions.fromString("rwx------"));
        Path work = directory.resolve("author");
        Path log = directory.resolve("author.log");
        ChildProcess script = ChildProcess.start(
                "plugin-proof",
                List.of(Path.of("../scripts/plugin-proof").toRealPath().toString(), work.toString()),
                environment(command),
                log);
        assertThat(script.ended(Duration.ofMinutes(8)))
                .as("whether the script ended")
                .isTrue();
        assertThat(script.exitStatus()).as(Files.readString(log)).isZero();
        return work.resolve("plugins");
    }

    /** A child of the sandbox inherits nothing; Maven needs to know where it is. */
    private static Map<String, String> environment(Path command) {
        Map<String, String> environment = new HashMap<>();
        environment.put("HOME", System.getProperty("user.home"));
        environment.put("PATH", System.getenv("PATH"));
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put("DELTAFORGE", command.toString());
        environment.put("LOCAL_REPOSITORY", localRepository());
        Optional.ofNullable(System.getenv("MAVEN_USER_HOME"))
                .ifPresent(home -> environment.put("MAVEN_USER_HOME", home));
        return environment;
    }

    /** Where the artifacts that this build runs with came from. */
    private static String localRepository() {
        String place = ObjectMapper.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath();
        int end = place.indexOf("/com/fasterxml/");
        assertThat(end).as("place of the local repository in %s", place).isPositive();
        return place.substring(0, end);
    }

    private static List<String> read(Path file) throws IOException {
        List<String> events = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            JsonNode event = JSON.readTree(line);
            JsonNode row = event.get("op").asText().equals("d") ? event.get("before") : event.get("after");
            String note = row.path("note").isTextual() ? " " + row.get("note").asText() : "";
            events.add(event.get("op").asText() + " " + row.get("id").asText() + note);
        }
        return events;
    }
}
