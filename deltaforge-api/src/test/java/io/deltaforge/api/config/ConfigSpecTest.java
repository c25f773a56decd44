package io.deltaforge.api.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaforge.api.config.ConfigField.Unit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ConfigSpecTest {

    private static final ConfigSpec INNER = ConfigSpec.of("Inside.", ConfigField.text("a", "A."));

    private static ConfigSpec typed() {
        return ConfigSpec.of(
                        "By type.",
                        ConfigField.choice("type", List.of("json", "avro"), "The kind.")
                                .withDefault("json"),
                        ConfigField.text("id", "A name."))
                .withVariants(Map.of(
                        "json", ConfigSpec.of("JSON."),
                        "avro",
                                ConfigSpec.of(
                                        "Avro.", ConfigField.text("url", "Where."), ConfigField.text("id", "Other."))));
    }

    @Test
    void shouldAddTheSettingsOfAVariantToThoseOfAll() {
        ConfigSpec avro = typed().variant("avro");

        assertThat(avro.fields()).extracting(ConfigField::name).containsExactly("type", "id", "url");
        assertThat(avro.field("id").orElseThrow().doc()).isEqualTo("A name.");
        assertThat(avro.doc()).isEqualTo("Avro.");
        assertThat(typed().variant("json").fields())
                .extracting(ConfigField::name)
                .containsExactly("type", "id");
        assertThat(typed().variant("none").variants()).hasSize(2);
    }

    @Test
    void shouldRefuseVariantsThatNoTypeChooses() {
        assertThatThrownBy(() -> ConfigSpec.of("x").withVariants(Map.of("a", INNER)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ConfigSpec.of("x", ConfigField.choice("type", List.of("a"), "T."))
                        .withVariants(Map.of("b", INNER)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldDateEverySettingThatHasNoVersionAtAnyDepth() {
        ConfigSpec dated = ConfigSpec.of(
                        "x",
                        ConfigField.section("inner", INNER),
                        ConfigField.text("newer", "N.").withSince("0.2.0"))
                .withSince("0.1.0");

        assertThat(dated.field("newer").orElseThrow().since()).contains("0.2.0");
        assertThat(dated.field("inner").orElseThrow().since()).contains("0.1.0");
        assertThat(dated.field("inner")
                        .orElseThrow()
                        .nested()
                        .orElseThrow()
                        .fields()
                        .get(0)
                        .since())
                .contains("0.1.0");
        assertThat(typed().withSince("0.1.0")
                        .variant("avro")
                        .field("url")
                        .orElseThrow()
                        .since())
                .contains("0.1.0");
    }

    @Test
    void shouldRefuseTwoSettingsOfOneName() {
        assertThatThrownBy(() -> ConfigSpec.of("x", ConfigField.text("a", "A."), ConfigField.bool("a", "A.")))
                .hasMessage("two settings are named a");
    }

    @Test
    void shouldTellTheUnitFromTheNameOrFromThePlugin() {
        assertThat(ConfigField.integer("max_bytes", "x").unit()).isEqualTo(Unit.BYTES);
        assertThat(ConfigField.integer("max_ms", "x").unit()).isEqualTo(Unit.MILLISECONDS);
        assertThat(ConfigField.integer("max_secs", "x").unit()).isEqualTo(Unit.SECONDS);
        assertThat(ConfigField.integer("max_events", "x").unit()).isEqualTo(Unit.NONE);
        assertThat(ConfigField.text("some_bytes", "x").unit()).isEqualTo(Unit.NONE);
        assertThat(ConfigField.integer("linger", "x")
                        .withUnit(Unit.MILLISECONDS)
                        .unit())
                .isEqualTo(Unit.MILLISECONDS);
    }

    @Test
    void shouldLeaveTheFieldThatIsRefinedAsItIs() {
        ConfigField plain = ConfigField.integer("n", "N.");
        ConfigField refined =
                plain.withDefault(5).withRange(1, 9).withRequired().withExample("7");

        assertThat(plain.defaultText()).isEmpty();
        assertThat(plain.required()).isFalse();
        assertThat(plain.max()).isEqualTo(Long.MAX_VALUE);
        assertThat(refined.defaultText()).contains("5");
        assertThat(refined.min()).isEqualTo(1);
        assertThat(refined.max()).isEqualTo(9);
        assertThat(refined.example()).contains("7");
    }

    @Test
    void shouldRefuseARangeOfTexts() {
        assertThatThrownBy(() -> ConfigField.text("t", "T.").withRange(1, 2))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
