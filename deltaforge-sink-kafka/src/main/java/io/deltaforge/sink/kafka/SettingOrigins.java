package io.deltaforge.sink.kafka;

import io.deltaforge.api.config.EffectiveSetting;
import io.deltaforge.api.config.EffectiveSetting.Origin;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;

/** Remembers why the settings of a producer are what they are, while they are put together. Not thread-safe. */
final class SettingOrigins {

    private static final ConfigDef DEFINITIONS = ProducerConfig.configDef();

    /** What {@link KafkaSinkFactory} takes from elsewhere in the sink's settings. */
    private static final Map<String, String> FROM_SINK = Map.of(
            "bootstrap.servers", "brokers",
            "client.id", "the names of pipeline and sink",
            "transactional.id", "the names of pipeline and sink",
            "max.block.ms", "send_timeout_secs");

    private record Reason(Origin origin, String from) {}

    private final Map<String, Reason> reasons = new HashMap<>();

    /** Notes that a value follows from something else that the user set. */
    void derived(String name, String from) {
        reasons.put(name, new Reason(Origin.DERIVED, from));
    }

    /** Notes that a value is what the user wrote. */
    void written(String name, String userName) {
        boolean same = name.equals(userName);
        reasons.put(name, new Reason(same ? Origin.USER : Origin.TRANSLATED, same ? "" : userName));
    }

    /**
     * Says what is used and why: what is not the client's own default first, both in the order of the alphabet.
     *
     * @param properties what the producer is given
     */
    List<EffectiveSetting> explain(Map<String, String> properties) {
        List<EffectiveSetting> all = new ArrayList<>();
        new TreeMap<>(properties).forEach((name, value) -> all.add(setting(name, value, reason(name))));
        new TreeMap<>(DEFINITIONS.configKeys()).forEach((name, key) -> {
            boolean shown = !properties.containsKey(name) && !key.internalConfig && !isOurs(name);
            if (shown) {
                all.add(setting(name, defaultText(key), new Reason(Origin.CLIENT, "")));
            }
        });
        return all;
    }

    private Reason reason(String name) {
        Reason noted = reasons.get(name);
        if (noted != null) {
            return noted;
        }
        String sink = FROM_SINK.get(name);
        return sink == null ? new Reason(Origin.DELTAFORGE, "") : new Reason(Origin.DERIVED, sink);
    }

    /** The sink gives the producer bytes. */
    private static boolean isOurs(String name) {
        return name.endsWith(".serializer") || name.equals("transactional.id");
    }

    private static String defaultText(ConfigDef.ConfigKey key) {
        return key.hasDefault() && key.defaultValue != null
                ? ConfigDef.convertToString(key.defaultValue, key.type)
                : "";
    }

    private static EffectiveSetting setting(String name, String value, Reason reason) {
        ConfigDef.ConfigKey key = DEFINITIONS.configKeys().get(name);
        boolean secret = ClientConf.isSecret(name) || (key != null && key.type == ConfigDef.Type.PASSWORD);
        return secret
                ? EffectiveSetting.masked(name, value, reason.origin(), reason.from())
                : new EffectiveSetting(name, value, reason.origin(), reason.from());
    }
}
