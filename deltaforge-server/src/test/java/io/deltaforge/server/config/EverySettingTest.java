package io.deltaforge.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaforge.api.config.ConfigField;
import io.deltaforge.api.config.ConfigField.Type;
import io.deltaforge.api.config.Secret;
import io.deltaforge.server.config.WrittenSettings.Written;
import io.deltaforge.server.config.finding.Finding;
import io.deltaforge.server.config.finding.Problems;
import io.deltaforge.server.config.finding.SourceText;
import io.deltaforge.server.config.text.ConfigFiles;
import io.deltaforge.server.config.text.ConfigPath;
import io.deltaforge.server.plugin.Plugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tries each setting of each spec that ships: right values arrive, wrong ones are reported under the setting's path. A setting
 * that is added is tried from then on; one that nobody can be told how to write fails here.
 */
final class EverySettingTest {

    private static final Plugins PLUGINS = ShippedPlugins.onClassPath();
    private static final Map<String, String> ENVIRONMENT = Map.of("PG_DSN", "postgres://cdc:pw@db:5432/shop");
    private static final ConfigReader READER = new ConfigReader(PLUGINS, ENVIRONMENT::get);

    /** Of these some values that the spec allows are refused by the plugin, next to others or for now. */
    private static final Set<String> WITH_RULES = Set.of(
            "pipelines.p.sinks[0].exactly_once",
            "pipelines.p.processors[0].fields",
            "pipelines.p.processors[0].fields[0].path",
            "pipelines.p.processors[0].fields[0].op",
            "pipelines.p.processors[0].fields[0].value");

    @TempDir
    private Path directory;

    static Stream<Written> settings() {
        return WrittenSettings.of(ConfigReference.root(PLUGINS)).stream();
    }

    private List<Finding> findings(String text) throws IOException {
        return READER.check(List.of(Files.writeString(directory.resolve("one.conf"), text)))
                .findings();
    }

    @ParameterizedTest
    @MethodSource("settings")
    void shouldTakeRightValues(Written setting) throws IOException {
        for (String value : rightValues(setting.field())) {
            List<Finding> findings = findings(setting.with(value));
            if (WITH_RULES.contains(setting.path())) {
                findings = findings.stream()
                        .filter(finding -> !finding.code().equals("INVALID_VALUE"))
                        .toList();
            }
            assertThat(findings).as("%s = %s", setting.path(), value).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("settings")
    void shouldReportWrongValuesUnderTheirPath(Written setting) throws IOException {
        for (String value : wrongValues(setting.field())) {
            assertThat(findings(setting.with(value)))
                    .as("%s = %s", setting.path(), value)
                    .anySatisfy(finding -> {
                        assertThat(finding.path()).startsWith(setting.path());
                        assertThat(finding.isError()).isTrue();
                        assertThat(finding.line()).isPositive();
                        assertThat(finding.code())
                                .isIn("WRONG_TYPE", "OUT_OF_RANGE", "UNKNOWN_WORD", "UNKNOWN_TYPE", "MISSING_SETTING");
                    });
        }
    }

    @ParameterizedTest
    @MethodSource("settings")
    void shouldBindWhatIsWritten(Written setting) {
        Problems problems = new Problems();
        ConfigField field = setting.field();
        String sample = WrittenSettings.sample(field);
        BoundSettings group = new Binder(problems, (kind, type) -> "")
                .bind(
                        new ConfigFiles(ENVIRONMENT::get, problems)
                                .read(new SourceText("one.conf", setting.with(sample))),
                        ConfigReference.root(PLUGINS),
                        "",
                        "the configuration");
        List<String> steps = ConfigPath.steps(setting.path());
        for (int i = 0; i < steps.size() - 1; i++) {
            String name = steps.get(i);
            Type type = group.spec().field(name).orElseThrow().type();
            if (type == Type.SECTION) {
                group = group.group(name);
            } else {
                group = type == Type.SECTION_LIST
                        ? group.groups(name).get(0)
                        : group.groupsByName(name).get(steps.get(i + 1));
                i++;
            }
        }

        String written = sample.replace("\"", "").replace("${PG_DSN}", ENVIRONMENT.get("PG_DSN"));
        String name = field.name();
        switch (field.type()) {
            case STRING, ENUM -> assertThat(group.string(name)).isEqualTo(written);
            case SECRET -> assertThat(group.secret(name)).map(Secret::reveal).contains(written);
            case INTEGER -> assertThat(group.integer(name)).isBetween(field.min(), field.max());
            case BOOLEAN -> assertThat(group.bool(name)).isEqualTo(Boolean.parseBoolean(written));
            case STRING_LIST -> assertThat(group.strings(name)).isNotEmpty();
            case STRING_MAP -> assertThat(group.stringMap(name)).isNotEmpty();
            default -> assertThat(group.isBound(name)).isTrue();
        }
    }

    private static List<String> rightValues(ConfigField field) {
        List<String> values = new ArrayList<>(List.of(WrittenSettings.sample(field)));
        switch (field.type()) {
            case BOOLEAN -> values.addAll(List.of("true", "false", "\"true\""));
            case STRING_MAP -> values.add("{}");
            case STRING_LIST -> {
                values.add("[]");
                field.allowed().forEach(word -> values.add("[" + word + "]"));
            }
            case ENUM -> values.addAll(isPolicy(field) ? List.of("all", "required") : field.allowed());
            case INTEGER -> {
                if (!field.name().equals("quorum")) {
                    values.add(Long.toString(field.min()));
                    values.add('"' + Long.toString(field.max()) + '"');
                }
                switch (field.unit()) {
                    case BYTES -> values.add("1MiB");
                    case MILLISECONDS -> values.add("10s");
                    case SECONDS -> values.add("1m");
                    case NONE -> {}
                }
            }
            default -> {}
        }
        if (isPolicy(field)) {
            values.remove(0);
        }
        return values;
    }

    /** The commit policy, whose quorum needs a number beside it. */
    private static boolean isPolicy(ConfigField field) {
        return field.allowed().contains("quorum");
    }

    static List<String> wrongValues(ConfigField field) {
        List<String> values = new ArrayList<>();
        switch (field.type()) {
            case STRING, SECRET -> values.addAll(List.of("[a]", "{ a = 1 }"));
            case BOOLEAN -> values.addAll(List.of("yes", "1", "[true]", "{ a = 1 }"));
            case STRING_LIST -> values.addAll(List.of("{ a = 1 }", "[ [a] ]"));
            case STRING_MAP, SECTION, SECTION_MAP -> values.addAll(List.of("text", "[a]"));
            case SECTION_LIST -> values.addAll(List.of("text", "[text]"));
            case ENUM -> values.addAll(List.of("no-such-word", "[a]"));
            case INTEGER -> {
                values.addAll(List.of("many", "1.5", "[1]", "{ a = 1 }", "\"\""));
                if (field.min() > Long.MIN_VALUE) {
                    values.add(Long.toString(field.min() - 1));
                }
                if (field.max() < Long.MAX_VALUE) {
                    values.add(Long.toString(field.max() + 1));
                }
                if (field.unit() == ConfigField.Unit.NONE) {
                    values.add("5s");
                }
            }
        }
        if (!field.allowed().isEmpty() && field.type() == Type.STRING_LIST) {
            values.add("[no-such-word]");
        }
        return values;
    }

    @Test
    void shouldSayForEverySettingWhatItIsForAndSinceWhen() {
        assertThat(settings()).hasSizeGreaterThan(50).allSatisfy(setting -> {
            assertThat(setting.field().doc()).as("doc of %s", setting).endsWith(".");
            assertThat(setting.field().since()).as("since of %s", setting).isPresent();
        });
    }
}
