package io.deltaforge.api.config;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * All settings of one plugin. Validation, documentation and masking are made from it.
 *
 * @param doc what the plugin does, for people
 * @param fields its settings in the order people are to see them
 */
public record ConfigSpec(String doc, List<ConfigField> fields) {

    /**
     * Refuses two fields of one name.
     *
     * @param doc what the plugin does, for people
     * @param fields its settings in the order people are to see them
     */
    public ConfigSpec {
        fields = List.copyOf(fields);
        Set<String> names = new HashSet<>();
        for (ConfigField field : fields) {
            if (!names.add(field.name())) {
                throw new IllegalArgumentException("two settings are named " + field.name());
            }
        }
    }

    /**
     * Describes a plugin.
     *
     * @param doc what it does
     * @param fields its settings
     * @return the description
     */
    public static ConfigSpec of(String doc, ConfigField... fields) {
        return new ConfigSpec(doc, List.of(fields));
    }

    /**
     * Finds a setting.
     *
     * @param name its key
     * @return the field, or empty
     */
    public Optional<ConfigField> field(String name) {
        return fields.stream().filter(field -> field.name().equals(name)).findFirst();
    }
}
