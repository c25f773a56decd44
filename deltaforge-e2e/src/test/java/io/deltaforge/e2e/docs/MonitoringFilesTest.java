package io.deltaforge.e2e.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The dashboard and the alert rules speak of metrics that exist; {@link MetricsPageIT} holds the page to the code. */
class MonitoringFilesTest {

    private static final Path DOCS = Path.of("..", "docs");
    private static final Path OPERATIONS = DOCS.resolve("operations");
    private static final Pattern NAME = Pattern.compile("deltaforge_[a-z0-9_]+");

    private static Set<String> names(String text) {
        Set<String> names = new TreeSet<>();
        Matcher name = NAME.matcher(text);
        while (name.find()) {
            names.add(name.group());
        }
        return names;
    }

    @ParameterizedTest
    @ValueSource(strings = {"deltaforge-dashboard.json", "deltaforge-alerts.yml", "deltaforge-alerts-test.yml"})
    void shouldNameOnlyMetricsThatExist(String file) throws IOException {
        Set<String> known = names(Files.readString(DOCS.resolve("metrics.md")));
        Set<String> unknown = names(Files.readString(OPERATIONS.resolve(file)));
        assertThat(unknown).isNotEmpty();
        unknown.removeIf(name -> known.contains(name) || known.contains(name.replaceAll("_(bucket|sum|count)$", "")));
        assertThat(unknown).isEmpty();
    }

    @Test
    void shouldHaveADashboardWhosePanelsAllAskSomething() throws IOException {
        JsonNode dashboard = new ObjectMapper()
                .readTree(OPERATIONS.resolve("deltaforge-dashboard.json").toFile());
        Set<Integer> ids = new TreeSet<>();
        for (JsonNode panel : dashboard.path("panels")) {
            assertThat(ids.add(panel.path("id").asInt())).isTrue();
            assertThat(panel.path("targets").size())
                    .as(panel.path("title").asText())
                    .isPositive();
            for (JsonNode target : panel.path("targets")) {
                String expression = target.path("expr").asText();
                assertThat(names(expression)).isNotEmpty();
                assertThat(expression.chars().filter(c -> c == '(').count())
                        .isEqualTo(expression.chars().filter(c -> c == ')').count());
            }
        }
        assertThat(ids).hasSizeGreaterThan(10);
    }

    @Test
    void shouldTestEveryAlert() throws IOException {
        Set<String> alerts = words(Files.readString(OPERATIONS.resolve("deltaforge-alerts.yml")), "alert: (\\w+)");
        Set<String> fired = words(
                Files.readString(OPERATIONS.resolve("deltaforge-alerts-test.yml")),
                "alertname: (\\w+)\\s+exp_alerts:\\s+- exp_labels");
        assertThat(fired).isEqualTo(alerts).isNotEmpty();
    }

    private static Set<String> words(String text, String pattern) {
        Set<String> words = new TreeSet<>();
        Matcher word = Pattern.compile(pattern).matcher(text);
        while (word.find()) {
            words.add(word.group(1));
        }
        return words;
    }

    @ParameterizedTest
    @CsvSource({"check, deltaforge-alerts.yml", "test, deltaforge-alerts-test.yml"})
    void shouldPassPromtool(String verb, String file) throws Exception {
        Process promtool;
        try {
            promtool = new ProcessBuilder(List.of("promtool", verb, "rules", file))
                    .directory(OPERATIONS.toFile())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            assumeThat(false)
                    .as("promtool is not installed (Debian package prometheus): " + e)
                    .isTrue();
            return;
        }
        String output = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(promtool.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(promtool.exitValue()).as(output).isZero();
        assertThat(output).contains("SUCCESS");
    }
}
