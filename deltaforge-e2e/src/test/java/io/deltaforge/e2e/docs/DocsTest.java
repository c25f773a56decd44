package io.deltaforge.e2e.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaforge.server.cli.DeltaForgeCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What the pages show is right: configurations validate, links lead somewhere. */
final class DocsTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern CONFIG = Pattern.compile("```(hocon|yaml)\n(.*?)```", Pattern.DOTALL);
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(?:#[^)]*)?\\)");

    @TempDir
    private Path temp;

    private static List<Path> pages() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT.resolve("docs"))) {
            List<Path> pages =
                    new ArrayList<>(files.filter(file -> file.toString().endsWith(".md"))
                            .sorted()
                            .toList());
            pages.add(ROOT.resolve("README.md"));
            return pages;
        }
    }

    /** A block that names pipelines is a whole file; what is none is a part of one that a page explains. */
    @TestFactory
    Stream<DynamicTest> shouldShowConfigurationsThatValidate() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (Path page : pages()) {
            List<MatchResult> blocks = CONFIG.matcher(Files.readString(page))
                    .results()
                    .filter(block -> block.group(2).contains("pipelines {")
                            || block.group(2).contains("spec:"))
                    .toList();
            for (int i = 0; i < blocks.size(); i++) {
                String name = ROOT.relativize(page) + ", block " + (i + 1);
                MatchResult block = blocks.get(i);
                String ending = block.group(1).equals("yaml") ? ".yaml" : ".conf";
                tests.add(DynamicTest.dynamicTest(name, () -> {
                    Path file = Files.writeString(Files.createTempFile(temp, "block", ending), block.group(2));
                    assertThat(DeltaForgeCommand.execute("validate", "--config", file.toString()))
                            .as(block.group(2))
                            .isZero();
                }));
            }
        }
        assertThat(tests).hasSizeGreaterThan(3);
        return tests.stream();
    }

    @TestFactory
    Stream<DynamicTest> shouldLinkToWhatThereIs() throws IOException {
        return pages().stream()
                .map(page -> DynamicTest.dynamicTest(ROOT.relativize(page).toString(), () -> {
                    List<String> targets = LINK.matcher(Files.readString(page))
                            .results()
                            .map(found -> found.group(1))
                            .toList();
                    assertThat(targets).allSatisfy(target -> assertThat(page.resolveSibling(target))
                            .exists());
                }));
    }

    /** A promise whose test is gone is none. */
    @Test
    void shouldNameTestsThatExist() throws IOException {
        Set<String> tests;
        try (Stream<Path> files = Files.walk(ROOT, 12)) {
            tests = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith("Test.java") || name.endsWith("IT.java"))
                    .map(name -> name.replace(".java", ""))
                    .collect(Collectors.toSet());
        }
        String promises = Files.readString(ROOT.resolve("docs/guarantees.md"))
                + Files.readString(ROOT.resolve("docs/sinks/kafka.md"));
        List<String> named = Pattern.compile("`(\\w+(?:Test|IT))`")
                .matcher(promises)
                .results()
                .map(found -> found.group(1))
                .toList();
        assertThat(named).hasSizeGreaterThan(10).allSatisfy(name -> assertThat(tests)
                .contains(name));
    }
}
