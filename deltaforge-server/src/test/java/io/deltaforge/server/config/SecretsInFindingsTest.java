package io.deltaforge.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaforge.api.config.ConfigField;
import io.deltaforge.api.config.ConfigField.Type;
import io.deltaforge.server.config.WrittenSettings.Written;
import io.deltaforge.server.config.finding.Finding;
import io.deltaforge.server.config.finding.FindingText;
import io.deltaforge.server.plugin.Plugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Puts a secret wherever one can be, with every kind of mistake around it: nothing that is said may show it. */
final class SecretsInFindingsTest {

    private static final String CANARY = "canary7f3a";
    private static final Plugins PLUGINS = ShippedPlugins.onClassPath();

    @TempDir
    private Path directory;

    static Stream<Written> settings() {
        return WrittenSettings.of(ConfigReference.root(PLUGINS)).stream()
                .filter(setting ->
                        setting.field().type() == Type.SECRET || setting.field().type() == Type.STRING_MAP);
    }

    /** Everything that is said about a configuration, by whoever says something. */
    private String said(String name, String text, Map<String, String> environment) throws IOException {
        Path file = Files.writeString(directory.resolve(name), text);
        StringBuilder said = new StringBuilder();
        for (ConfigReader.Reading reading : List.of(
                new ConfigReader(PLUGINS, environment::get).check(List.of(file)),
                new ConfigReader(PLUGINS, environment::get).check(name, text))) {
            said.append(new FindingText(false).of(reading.findings()));
            said.append(new FindingText(true).of(reading.findings()));
            reading.findings().forEach(said::append);
            said.append(reading.findings().stream().map(Finding::excerpt).toList());
            said.append(reading);
            reading.config().ifPresent(config -> {
                said.append(config);
                config.pipelines()
                        .forEach(pipeline -> said.append(pipeline.source().settings())
                                .append(pipeline.sinks())
                                .append(pipeline.processors()));
            });
            if (reading.config().isEmpty()) {
                said.append(new InvalidConfig(reading.findings()));
            }
        }
        return said.toString();
    }

    @ParameterizedTest
    @MethodSource("settings")
    void shouldNotShowASecretWhateverIsWrong(Written setting) throws IOException {
        ConfigField field = setting.field();
        String name = field.name();
        List<String> written = new ArrayList<>(List.of(
                "x" + name + " = " + CANARY,
                name + "x { a = " + CANARY + " }",
                name + " = [" + CANARY + ", \"b " + CANARY + "\"]",
                name + " { password = " + CANARY + ", sasl.jaas.config = \"x " + CANARY + "\", ssl.key.password = ["
                        + CANARY + "] }",
                name + " { ssl.truststore.password = [\"" + CANARY + "\"], no.such.name = " + CANARY + " }",
                name + " = \"" + CANARY,
                name + " = " + CANARY + " }",
                name + " = " + CANARY + " {",
                name + "\n" + CANARY + " and more",
                name + " = postgres://u:" + CANARY + "@h/db",
                name + " = \"postgres://u:" + CANARY + "@h:port/db?sslmode=nope\"",
                name + " = \"host=h password=" + CANARY + " port=x\"",
                name + " = \"\"\"a\n" + CANARY + "\n\"\"\", nonsense = 1",
                name + " = " + CANARY + " # " + CANARY + "\n nonsense = 1 // " + CANARY,
                name + " = ${DF_SECRET}, nonsense = ${DF_SECRET}",
                name + " = \"${DF_NONE:-" + CANARY + "}\", nonsense = 2",
                name + " = ${DF_NONE:-" + CANARY + "}, nonsense = ${DF_MISSING}"));
        for (String text : written) {
            String config = setting.around().apply(text);
            assertThat(said("s.conf", config, Map.of("DF_SECRET", "x" + CANARY)))
                    .as(config)
                    .doesNotContain(CANARY);
        }
    }

    @Test
    void shouldNotShowASecretInYamlAndJson() throws IOException {
        for (String dsn : List.of(
                "\"" + CANARY,
                "[" + CANARY + "]",
                "{a: " + CANARY + "}",
                CANARY + ": b: c",
                "|\n  " + CANARY + "\n bad",
                "\"postgres://u:" + CANARY + "@h:port/db\"",
                CANARY + " # " + CANARY)) {
            String yaml = """
                metadata: {name: a}
                spec:
                  source: {type: postgres, config: {dsnn: %s, nonsense: 1}}
                  sinks: [{type: kafka, config: {id: k, brokers: b:1, topic: t, client_conf: {sasl.jaas.config: %s}}}]
                """.formatted(CANARY, CANARY);
            String broken =
                    "pipelines:\n  a:\n    source:\n      type: postgres\n      dsn: " + dsn + "\n    sinkz: 1\n";
            assertThat(said("s.yaml", yaml, Map.of())).doesNotContain(CANARY);
            assertThat(said("s.yaml", broken, Map.of())).as(broken).doesNotContain(CANARY);
            String json =
                    "{\"pipelines\": {\"a\": {\"source\": {\"type\": \"postgres\", \"dsn\": " + dsn + ", \"x\": 1}}}}";
            assertThat(said("s.json", json, Map.of())).as(json).doesNotContain(CANARY);
        }
    }

    @Test
    void shouldKeepSecretsFromFilesOutOfPluginsMessages() throws IOException {
        Path secret = Files.writeString(directory.resolve("secret"), CANARY);
        String config = """
            pipelines.a {
              source { type = postgres, dsn = "${file:%s}", slot = "${file:%s}-Not A Slot" }
              sinks = [ { id = k, type = kafka, brokers = "${file:%s}", topic = "${file:%s} ${nope}" } ]
            }
            """.formatted(secret, secret, secret, secret);

        assertThat(said("s.conf", config, Map.of())).doesNotContain(CANARY);
    }
}
