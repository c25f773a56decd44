package io.deltaforge.testkit.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaforge.api.config.ConfigField;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.Settings;
import io.deltaforge.api.error.ConfigException;
import io.deltaforge.testkit.context.TestSettings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Consumer;

/** Rules for every factory, whatever it makes. */
public final class FactoryRules {

    private FactoryRules() {}

    /**
     * Fails unless the type has a plain name and every setting a plain name and a doc.
     *
     * @param type the factory's type name
     * @param config what it understands
     * @param reserved names of settings that every plugin of the kind has anyway
     */
    public static void assertDescribed(String type, ConfigSpec config, Set<String> reserved) {
        assertThat(type).as("type").matches("[a-z0-9][a-z0-9_-]*");
        assertThat(config.doc()).as("doc of the plugin").isNotBlank();
        for (ConfigField field : config.fields()) {
            assertThat(field.name()).as("name of a setting").matches("[a-z0-9][a-z0-9_.-]*");
            assertThat(field.doc()).as("doc of %s", field.name()).isNotBlank();
            assertThat(reserved).as("settings that every plugin has").doesNotContain(field.name());
        }
    }

    /**
     * Fails unless the factory's class is named in {@code META-INF/services}.
     *
     * @param service the factory's interface
     * @param factory the factory
     * @param <S> the factory's interface
     */
    public static <S> void assertRegistered(Class<S> service, S factory) {
        assertThat(ServiceLoader.load(service).stream().map(ServiceLoader.Provider::type))
                .as("classes named in META-INF/services/%s", service.getName())
                .contains(factory.getClass().asSubclass(service));
    }

    /**
     * Fails unless a missing setting and settings that contradict each other are refused with their key.
     *
     * @param config what the factory understands
     * @param working settings that work
     * @param wrong by the key that the error must name, settings to refuse
     * @param create makes the plugin
     */
    public static void assertNamesTheWrongKey(
            ConfigSpec config,
            Map<String, Object> working,
            Map<String, Map<String, Object>> wrong,
            Consumer<Settings> create) {
        Map<String, Map<String, Object>> all = new HashMap<>(wrong);
        for (ConfigField field : config.fields()) {
            if (field.required()) {
                Map<String, Object> without = new HashMap<>(working);
                without.remove(field.name());
                all.put(field.name(), without);
            }
        }
        all.forEach((key, settings) -> assertThatThrownBy(() -> create.accept(TestSettings.of(config, settings)))
                .as("settings with a wrong or missing %s", key)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(key));
    }

    /**
     * Returns the secrets among settings.
     *
     * @param config what the factory understands
     * @param settings values by key
     * @return the values of all secret settings
     */
    public static List<String> secrets(ConfigSpec config, Map<String, Object> settings) {
        return config.fields().stream()
                .filter(field -> field.type() == ConfigField.Type.SECRET)
                .map(field -> settings.get(field.name()))
                .filter(String.class::isInstance)
                .map(String.class::cast)
                .toList();
    }
}
