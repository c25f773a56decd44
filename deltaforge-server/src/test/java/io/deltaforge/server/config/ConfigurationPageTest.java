package io.deltaforge.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaforge.api.config.ConfigField;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.sink.SinkFactory;
import io.deltaforge.api.source.SourceFactory;
import io.deltaforge.core.filter.FilterProcessorFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Holds the reference page to the specs: each setting has a row with what the spec says. */
final class ConfigurationPageTest {

    private static final Path PAGE = Path.of("..", "docs", "configuration.md");
    private static final ConfigSpec NOTHING = ConfigSpec.of("");

    private static Map<String, ConfigSpec> groups() {
        Map<String, ConfigSpec> groups = new TreeMap<>(ConfigReference.groups());
        groups.put("deltaforge.checkpoint", ConfigReference.store(NOTHING, Set.of()));
        groups.put("pipelines.<name>.source", ConfigReference.source(NOTHING, Set.of()));
        groups.put("pipelines.<name>.processors[]", ConfigReference.processor(NOTHING, Set.of()));
        groups.put("pipelines.<name>.sinks[]", ConfigReference.sink(NOTHING, Set.of()));
        groups.put("processor `filter`", new FilterProcessorFactory().config());
        groups.put(
                "source `postgres`",
                plugin(SourceFactory.class, SourceFactory::type, "postgres").config());
        groups.put(
                "sink `kafka`",
                plugin(SinkFactory.class, SinkFactory::type, "kafka").config());
        return groups;
    }

    private static <F> F plugin(Class<F> factories, Function<F, String> type, String wanted) {
        return ServiceLoader.load(factories).stream()
                .map(ServiceLoader.Provider::get)
                .filter(factory -> type.apply(factory).equals(wanted))
                .findFirst()
                .orElseThrow(() -> new AssertionError(wanted + " is not on the class path"));
    }

    private static String row(ConfigField field) {
        String value = field.required()
                ? "required"
                : field.defaultText().map(text -> "`" + text + "`").orElse("");
        return "| `" + field.name() + "` | " + value + " | " + field.doc() + " |";
    }

    /** Run with {@code -Ddocs.update=true} to write the tables anew. */
    @Test
    void shouldDescribeEverySetting() throws IOException {
        String page = Files.readString(PAGE);
        int tablesAt = page.indexOf("### ");
        StringBuilder expected = new StringBuilder(tablesAt < 0 ? page : page.substring(0, tablesAt));
        groups().forEach((group, spec) -> {
            expected.append("### ").append(group).append("\n\n| setting | default | meaning |\n|---|---|---|\n");
            spec.fields().forEach(field -> expected.append(row(field)).append('\n'));
            expected.append('\n');
        });
        if (Boolean.getBoolean("docs.update")) {
            Files.writeString(PAGE, expected);
        }

        assertThat(Files.readString(PAGE)).isEqualTo(expected.toString());
    }
}
