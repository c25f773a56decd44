package io.deltaforge.api.config;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * All settings of one plugin, or of one group of settings. Binding, checks, {@code deltaforge explain}, the JSON Schema, the
 * reference page and masking are made from it. Immutable.
 *
 * @since 0.1.0
 */
public final class ConfigSpec {

    /** The setting whose word chooses among {@link #variants()}. */
    public static final String TYPE = "type";

    private final String doc;
    private final List<ConfigField> fields;
    private final Map<String, ConfigSpec> variants;

    private ConfigSpec(String doc, List<ConfigField> fields, Map<String, ConfigSpec> variants) {
        this.doc = requireNonNull(doc, "doc is null");
        this.fields = List.copyOf(fields);
        this.variants = Collections.unmodifiableMap(new LinkedHashMap<>(variants));
        Set<String> names = new HashSet<>();
        for (ConfigField field : fields) {
            if (!names.add(field.name())) {
                throw new IllegalArgumentException("two settings are named " + field.name());
            }
        }
    }

    /**
     * Describes a plugin or a group.
     *
     * @param doc what it does, in a sentence for people
     * @param fields its settings in the order people are to see them; no two of one name
     * @return the description
     */
    public static ConfigSpec of(String doc, ConfigField... fields) {
        return new ConfigSpec(doc, List.of(fields), Map.of());
    }

    /**
     * Returns this spec with more settings, which depend on the word of the setting {@code type}.
     *
     * @param more by each word, what may be set then beside the settings of this spec; a field of the same name as one here
     *     is left out
     * @return the spec
     */
    public ConfigSpec withVariants(Map<String, ConfigSpec> more) {
        if (field(TYPE)
                .filter(field -> field.allowed().containsAll(more.keySet()))
                .isEmpty()) {
            throw new IllegalArgumentException("no setting 'type' that allows " + more.keySet());
        }
        return new ConfigSpec(doc, fields, more);
    }

    /**
     * Returns this spec with a version for every setting in it, at any depth, that has none.
     *
     * @param version the version that brought the settings
     * @return the spec
     */
    public ConfigSpec withSince(String version) {
        Map<String, ConfigSpec> dated = new LinkedHashMap<>();
        variants.forEach((word, spec) -> dated.put(word, spec.withSince(version)));
        return new ConfigSpec(
                doc,
                fields.stream().map(field -> field.withSinceIfNone(version)).toList(),
                dated);
    }

    /**
     * Returns what is set for one word of the setting {@code type}: the settings of this spec, then those of the variant.
     *
     * @param word the word
     * @return the whole spec, under the variant's doc; this spec when there is no such variant
     */
    public ConfigSpec variant(String word) {
        ConfigSpec more = variants.get(word);
        if (more == null) {
            return this;
        }
        List<ConfigField> all = new ArrayList<>(fields);
        more.fields.stream().filter(field -> field(field.name()).isEmpty()).forEach(all::add);
        return new ConfigSpec(more.doc, all, Map.of());
    }

    /**
     * Returns what it does.
     *
     * @return a sentence for people
     */
    public String doc() {
        return doc;
    }

    /**
     * Returns the settings.
     *
     * @return the fields in the order people are to see them, unmodifiable
     */
    public List<ConfigField> fields() {
        return fields;
    }

    /**
     * Returns the settings that depend on the word of the setting {@code type}.
     *
     * @return what each word adds; empty when nothing depends on it
     */
    public Map<String, ConfigSpec> variants() {
        return variants;
    }

    /**
     * Finds a setting among those that do not depend on a variant.
     *
     * @param name its key
     * @return the field, or empty
     */
    public Optional<ConfigField> field(String name) {
        return fields.stream().filter(field -> field.name().equals(name)).findFirst();
    }

    @Override
    public String toString() {
        return fields.toString();
    }
}
