package io.deltaforge.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.deltaforge.server.config.finding.Finding;
import io.deltaforge.server.config.finding.Problems;
import io.deltaforge.server.config.finding.SourceText;
import io.deltaforge.server.config.text.ConfigFiles;
import io.deltaforge.server.config.text.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code ${...}} means, in each syntax. */
final class VariablesTest {

    private static final Map<String, String> ENVIRONMENT =
            Map.of("DF_HOST", "db1", "DF_ODD", "a${DF_HOST}b\"c", "lower_case", "low");

    private final Problems problems = new Problems();

    @TempDir
    private Path directory;

    private Node read(String name, String text) {
        return new ConfigFiles(ENVIRONMENT::get, problems).read(new SourceText(name, text));
    }

    private String value(String name, String text) {
        Node value = read(name, text).children().get("v");
        assertThat(problems.findings()).as("problems with %s", text).isEmpty();
        return value.kind() == Node.Kind.NOTHING ? null : value.text();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '|',
            value = {
                "x.conf, v = ${DF_HOST}, db1",
                "x.conf, v = \"${DF_HOST}\", db1",
                "x.conf, v = \"a ${DF_HOST}:${DF_HOST} b\", a db1:db1 b",
                "x.conf, v = a-${DF_HOST}-b, a-db1-b",
                "x.conf, v = ${lower_case}, low",
                "x.conf, v = ${DF_ODD}, |a${DF_HOST}b\"c|",
                "x.conf, v = ${DF_NONE:-x y}, x y",
                "x.conf, v = \"${DF_NONE:-x:y}\", x:y",
                "x.conf, v = ${DF_HOST:-x}, db1",
                "x.conf, v = shop.${source.table}, shop.${source.table}",
                "x.conf, v = \"shop.${source.table}\", shop.${source.table}",
                "x.conf, v = ${op}-${after.id}, ${op}-${after.id}",
                "x.conf, v = $${DF_HOST}, ${DF_HOST}",
                "x.conf, v = \"$${DF_HOST}\", ${DF_HOST}",
                "x.conf, v = \"\"\"${DF_HOST}\"\"\", db1",
                "x.yaml, v: ${DF_HOST}, db1",
                "x.yaml, v: \"${DF_HOST}\", db1",
                "x.yaml, v: '${DF_HOST}', db1",
                "x.yaml, v: a-${DF_HOST}-b, a-db1-b",
                "x.yaml, v: ${DF_ODD}, |a${DF_HOST}b\"c|",
                "x.yaml, v: ${DF_NONE:-x y}, x y",
                "x.yaml, v: a-${?DF_NONE}-b, a--b",
                "x.yaml, v: shop.${source.table}, shop.${source.table}",
                "x.yaml, v: $${DF_HOST}, ${DF_HOST}",
                "x.json, |{\"v\": \"${DF_HOST}\"}|, db1",
                "x.json, |{\"v\": \"${DF_NONE:-d}\"}|, d",
                "x.json, |{\"v\": \"shop.${source.table}\"}|, shop.${source.table}"
            })
    void shouldFillIn(String name, String text, String expected) {
        assertThat(value(name, text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"x.conf, v = ${?DF_NONE}", "x.yaml, v: ${?DF_NONE}"})
    void shouldLeaveOutWhatIsOptionalAndAbsent(String name, String text) {
        assertThat(read(name, text).child("v")).isEmpty();
        assertThat(problems.findings()).isEmpty();
    }

    @Test
    void shouldOverrideByAnOptionalVariable() {
        assertThat(value("x.conf", "v = a\nv = ${?DF_HOST}")).isEqualTo("db1");
        assertThat(value("x.conf", "v = a\nv = ${?DF_NONE}")).isEqualTo("a");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '|',
            value = {
                "x.conf, a = 1\\n v = ${DF_NONE}, 2, 6",
                "x.conf, a = 1\\n v = \"x-${DF_NONE}\", 2, 9",
                "x.conf, v = [ 1\\n ${DF_NONE} ], 2, 2",
                "x.conf, v = ${a.b.c}, 1, 5",
                "x.yaml, a: 1\\nv:\\n  - ${DF_NONE}, 3, 5",
                "x.yaml, v: x-${DF_NONE}, 1, 6",
                "x.json, |{\"a\": 1,\\n \"v\": \"${DF_NONE}\"}|, 2, 8"
            })
    void shouldPointAtAMissingVariable(String name, String text, int line, int column) {
        read(name, text.replace("\\n", "\n"));

        assertThat(problems.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.code()).isEqualTo("MISSING_VARIABLE");
            assertThat(finding.line()).isEqualTo(line);
            assertThat(finding.column()).isEqualTo(column);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"v = \"${file:%s}\"", "v = ${file:%s}"})
    void shouldTakeAFilesTextWithoutItsLineEnd(String text) throws IOException {
        Path secret = Files.writeString(directory.resolve("secret"), "two\nlines\n");

        assertThat(value("x.conf", text.formatted(secret))).isEqualTo("two\nlines");
        assertThat(value("x.yaml", "v: ${file:%s}".formatted(secret))).isEqualTo("two\nlines");
    }

    @Test
    void shouldKeepAFilesTextOutOfEveryFinding() throws IOException {
        Path secret = Files.writeString(directory.resolve("secret"), "hunter2\n");
        Node value = read("x.conf", "v = ${file:" + secret + "}").children().get("v");
        problems.error("INVALID_VALUE", value.place(), "v", "found '" + value.text() + "', " + value.shown());

        assertThat(problems.findings()).singleElement().asString().doesNotContain("hunter2");
    }

    @Test
    void shouldSayWhichFileIsMissing() {
        read("x.conf", "v = ${file:/nonexistent/x}");

        assertThat(problems.findings())
                .extracting(Finding::code, Finding::message)
                .containsExactly(tuple("MISSING_FILE", "the file /nonexistent/x does not exist"));
    }

    @Test
    void shouldRefuseTheNamesOfEventFieldsAtTheTop() {
        for (String name : List.of("x.conf", "x.yaml", "x.json")) {
            Problems found = new Problems();
            new ConfigFiles(ENVIRONMENT::get, found)
                    .read(new SourceText(name, "{\"source\": {\"table\": \"oops\"}, \"op\": 1}"));
            assertThat(found.findings()).extracting(Finding::code).containsExactly("RESERVED_NAME", "RESERVED_NAME");
        }
    }

    @Test
    void shouldFillNothingInForStrangers() {
        Problems found = new Problems();
        ConfigFiles.withoutSurroundings(found)
                .read(new SourceText("x.conf", "a = ${DF_HOST}\nb = \"${file:/etc/passwd}\"\nc = ${?DF_ODD}"));

        assertThat(found.findings()).extracting(Finding::line).containsExactly(1, 2);
        assertThat(found.findings()).extracting(Finding::message).allMatch(text -> text.contains("not filled in here"));
    }

    @Test
    void shouldRefuseTextsThatGrowOutOfAllProportion() {
        StringBuilder text = new StringBuilder("a0 = 0123456789\n");
        for (int i = 1; i <= 40; i++) {
            text.append("a%d = ${a%d}${a%d}%n".formatted(i, i - 1, i - 1));
        }
        read("x.conf", text.toString());

        assertThat(problems.findings()).extracting(Finding::code).containsExactly("TOO_LARGE");
    }
}
