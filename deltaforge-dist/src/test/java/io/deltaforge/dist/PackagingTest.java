package io.deltaforge.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What can be said about the packaging without systemd running, Docker or a Kubernetes. */
final class PackagingTest {

    private static final Path PACKAGING = Path.of("src/main/dist/packaging");
    private static final Path CHART = PACKAGING.resolve("helm/deltaforge");
    private static final Pattern ACTION = Pattern.compile("\\{\\{-?\\s*(.*?)\\s*-?}}", Pattern.DOTALL);
    private static final Pattern VALUE = Pattern.compile("\\.Values((?:\\.[A-Za-z]+)+)");

    @TempDir
    private Path temp;

    private static Map<?, ?> yaml(Path file) throws IOException {
        return (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
    }

    private static List<Path> templates() throws IOException {
        try (Stream<Path> files = Files.list(CHART.resolve("templates"))) {
            return files.sorted().toList();
        }
    }

    @Test
    void shouldGiveTheChartOnlyValuesThatTheSchemaKnowsAndTheOtherWayRound() throws IOException {
        JsonNode schema =
                new ObjectMapper().readTree(CHART.resolve("values.schema.json").toFile());
        compare("", yaml(CHART.resolve("values.yaml")), schema);
    }

    private static void compare(String path, Map<?, ?> values, JsonNode schema) {
        assertThat(schema.path("additionalProperties").asBoolean(true)).as(path).isFalse();
        List<String> known = new ArrayList<>();
        schema.path("properties").fieldNames().forEachRemaining(known::add);
        known.remove("global");
        assertThat(values.keySet().stream().map(Object::toString).toList())
                .as(path)
                .containsExactlyInAnyOrderElementsOf(known);
        values.forEach((name, value) -> {
            JsonNode nested = schema.path("properties").path(name.toString());
            if (value instanceof Map<?, ?> map && nested.has("properties")) {
                compare(path + "." + name, map, nested);
            }
        });
    }

    @Test
    void shouldUseInTemplatesOnlyValuesThatThereAreAndAllOfThem() throws IOException {
        Map<?, ?> values = yaml(CHART.resolve("values.yaml"));
        List<String> used = new ArrayList<>();
        for (Path template : templates()) {
            VALUE.matcher(Files.readString(template)).results().forEach(found -> {
                String[] names = found.group(1).substring(1).split("\\.", -1);
                used.add(names[0]);
                Object at = values;
                for (String name : names) {
                    assertThat(at).as(template + ": " + found.group()).isInstanceOf(Map.class);
                    assertThat(((Map<?, ?>) at).containsKey(name))
                            .as(template + ": " + found.group())
                            .isTrue();
                    at = ((Map<?, ?>) at).get(name);
                }
            });
        }
        assertThat(used)
                .containsAll(values.keySet().stream().map(Object::toString).toList());
    }

    @Test
    void shouldCloseWhatTheTemplatesOpen() throws IOException {
        for (Path template : templates()) {
            int open = 0;
            String text = Files.readString(template);
            for (String action :
                    ACTION.matcher(text).results().map(found -> found.group(1)).toList()) {
                open += action.matches("(if|with|range|define)\\b.*") ? 1 : action.equals("end") ? -1 : 0;
                assertThat(open).as(template.toString()).isNotNegative();
            }
            assertThat(open).as(template.toString()).isZero();
            assertThat(ACTION.matcher(text).replaceAll(""))
                    .as(template.toString())
                    .doesNotContain("{{", "}}");
        }
    }

    @Test
    void shouldHaveTheKindsThatOperatorsExpect() throws IOException {
        StringBuilder all = new StringBuilder();
        for (Path template : templates()) {
            all.append(Files.readString(template));
        }
        assertThat(all.toString())
                .contains(
                        "kind: StatefulSet",
                        "volumeClaimTemplates",
                        "kind: ServiceMonitor",
                        "kind: PodDisruptionBudget",
                        "kind: ConfigMap",
                        "runAsNonRoot: true",
                        "readOnlyRootFilesystem: true");
        assertThat(yaml(CHART.resolve("Chart.yaml")).get("name")).isEqualTo("deltaforge");
    }

    @Test
    void shouldHaveAUnitThatSystemdUnderstands() throws Exception {
        Path analyze = Path.of("/usr/bin/systemd-analyze");
        assumeTrue(Files.isExecutable(analyze), "systemd-analyze is not installed");
        String unit = Files.readString(PACKAGING.resolve("systemd/deltaforge.service"))
                .replace("/opt/deltaforge/bin/deltaforge", "/bin/true")
                .replace("Documentation=file:///opt/deltaforge/docs/operations.md\n", "");
        Path file = Files.writeString(temp.resolve("deltaforge.service"), unit);

        Process process = new ProcessBuilder(analyze.toString(), "verify", "--man=no", file.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output.lines().filter(line -> line.contains("deltaforge.service")))
                .isEmpty();
    }

    @Test
    void shouldHaveALauncherThatEveryShellUnderstands() throws Exception {
        for (String shell : List.of("sh", "bash")) {
            Process process = new ProcessBuilder(shell, "-n", "src/main/dist/bin/deltaforge")
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(output).isZero();
        }
    }
}
