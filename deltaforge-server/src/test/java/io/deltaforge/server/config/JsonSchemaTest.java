package io.deltaforge.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import io.deltaforge.server.config.WrittenSettings.Written;
import io.deltaforge.server.json.JsonValue;
import io.deltaforge.server.plugin.Plugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Asks a validator that is not ours. */
final class JsonSchemaTest {

    private static final Path RESOURCES = Path.of("src", "test", "resources", "io", "deltaforge", "server", "config");
    private static final Plugins PLUGINS = ShippedPlugins.onClassPath();
    private static final String SCHEMA_TEXT = JsonValue.text(JsonSchema.of(PLUGINS));
    private static final SchemaRegistry REGISTRY =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    private static final Schema SCHEMA = REGISTRY.getSchema(SCHEMA_TEXT, InputFormat.JSON);

    static Stream<Written> settings() {
        return WrittenSettings.of(ConfigReference.root(PLUGINS)).stream();
    }

    private static List<Error> errors(String json) {
        return SCHEMA.validate(json, InputFormat.JSON);
    }

    private static String json(String hocon) {
        String quoted = hocon.replaceAll("= (\\$\\{[^}]*})", "= \"$1\"").replaceAll("\\binclude =", "\"include\" =");
        return ConfigFactory.parseString(quoted).root().render(ConfigRenderOptions.concise());
    }

    @Test
    void shouldBeASchemaOfItsDraft() {
        Schema draft = REGISTRY.getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));

        assertThat(draft.validate(SCHEMA_TEXT, InputFormat.JSON)).isEmpty();
    }

    @Test
    void shouldAcceptAGoodDocument() throws IOException {
        assertThat(errors(Files.readString(RESOURCES.resolve("good.json")))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("settings")
    void shouldAcceptRightValuesAndRefuseWrongOnes(Written setting) {
        assertThat(errors(json(setting.with(WrittenSettings.sample(setting.field())))))
                .as(setting.path())
                .isEmpty();
        for (String wrong : EverySettingTest.wrongValues(setting.field())) {
            boolean textThatIsNoNumber = wrong.equals("1.5");
            if (!textThatIsNoNumber) {
                assertThat(errors(json(setting.with(wrong))))
                        .as("%s = %s", setting.path(), wrong)
                        .isNotEmpty();
            }
        }
        assertThat(errors(json(setting.around().apply("x" + setting.field().name() + " = 1"))))
                .as("a misspelled %s", setting.path())
                .isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "{\"pipelines\": {\"a\": {}}}",
                "{\"pipelines\": {\"a\": {\"source\": {\"type\": \"postgres\"}, \"sinks\": []}}}",
                "{\"pipelines\": {\"a\": {\"source\": {\"type\": \"oracle\", \"dsn\": \"x\"}, \"sinks\": []}}}"
            })
    void shouldRefuseBadDocuments(String json) {
        assertThat(errors(json)).isNotEmpty();
    }

    @Test
    void shouldAcceptVariablesForAnySingleValue() throws IOException {
        String text = Files.readString(RESOURCES.resolve("good.json"))
                .replace("2000", "\"${MAX_EVENTS}\"")
                .replace("\"respect_source_tx\": true", "\"respect_source_tx\": \"${WHOLE:-true}\"");

        assertThat(errors(text)).isEmpty();
        assertThat(new ObjectMapper().readTree(text).isObject()).isTrue();
    }
}
