package io.deltaforge.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaforge.api.config.ConfigField;
import io.deltaforge.api.config.ConfigSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Holds the reference page to the specs: each setting has a row with what the spec says. */
final class ConfigurationPageTest {

    private static final Path PAGE = Path.of("..", "docs", "configuration.md");

    private static Map<String, ConfigSpec> groups() {
        Map<String, ConfigSpec> groups = new LinkedHashMap<>();
        ConfigReference.root(ShippedPlugins.onClassPath())
                .fields()
                .forEach(field -> collect(field.name(), field, groups));
        return groups;
    }

    private static void collect(String path, ConfigField field, Map<String, ConfigSpec> groups) {
        field.nested().ifPresent(spec -> {
            String place = path
                    + switch (field.type()) {
                        case SECTION_LIST -> "[]";
                        case SECTION_MAP -> ".<name>";
                        default -> "";
                    };
            groups.put(place, spec);
            spec.fields().forEach(inner -> collect(place + "." + inner.name(), inner, groups));
            spec.variants().forEach((type, variant) -> {
                if (!variant.fields().isEmpty()) {
                    String name = place + ", type " + type;
                    groups.put(name, variant);
                    variant.fields().forEach(inner -> collect(name + ": " + inner.name(), inner, groups));
                }
            });
        });
    }

    private static String row(ConfigField field) {
        String value = field.required()
                ? "required"
                : field.defaultText().map(text -> "`" + text + "`").orElse("");
        String values = Explanation.values(field);
        String unit = field.unit().text();
        String type = Explanation.typeText(field)
                + (values.isEmpty() ? "" : ": " + values)
                + (unit.isEmpty() ? "" : (values.isEmpty() ? ": " : " ") + unit);
        String example =
                field.example().map(text -> " Example: `" + text + "`.").orElse("");
        return "| `" + field.name() + "` | " + type + " | " + value + " | "
                + (field.doc() + example).replace("|", "\\|") + " | "
                + field.since().orElse("") + " |";
    }

    /** Run with {@code -Ddocs.update=true} to write the tables anew. */
    @Test
    void shouldDescribeEverySetting() throws IOException {
        String page = Files.readString(PAGE);
        int tablesAt = page.indexOf("### ");
        StringBuilder expected = new StringBuilder(tablesAt < 0 ? page : page.substring(0, tablesAt));
        groups().forEach((group, spec) -> {
            expected.append("### ").append(group).append("\n\n").append(spec.doc());
            expected.append("\n\n| setting | values | default | meaning | since |\n|---|---|---|---|---|\n");
            spec.fields().forEach(field -> expected.append(row(field)).append('\n'));
            expected.append('\n');
        });
        if (Boolean.getBoolean("docs.update")) {
            Files.writeString(PAGE, expected);
        }

        assertThat(Files.readString(PAGE)).isEqualTo(expected.toString());
    }
}
