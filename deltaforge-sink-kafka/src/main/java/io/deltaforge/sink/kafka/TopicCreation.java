package io.deltaforge.sink.kafka;

import io.deltaforge.api.config.ConfigField;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.Settings;
import java.util.Optional;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * How topics are made that are not there: the setting {@code topic_creation}.
 *
 * @param enabled whether they are
 * @param partitions how many partitions they get; empty for what the brokers' {@code num.partitions} says
 * @param replicas how many replicas; empty for the brokers' {@code default.replication.factor}
 */
record TopicCreation(boolean enabled, Optional<Integer> partitions, Optional<Short> replicas) {

    static final String NAME = "topic_creation";

    /** What the brokers' own default is written as. */
    private static final long BROKERS_DEFAULT = 0;

    private static final int MAX_PARTITIONS = 10_000;

    private static final ConfigSpec SPEC = ConfigSpec.of(
            "How topics are made that are not there when the first event for them comes.",
            ConfigField.bool("enabled", "Whether this sink makes them; it needs the right CREATE.")
                    .withDefault(false),
            ConfigField.integer("partitions", "How many partitions they get; 0 for the brokers' num.partitions.")
                    .withDefault(BROKERS_DEFAULT)
                    .withRange(BROKERS_DEFAULT, MAX_PARTITIONS),
            ConfigField.integer(
                            "replication_factor",
                            "How many replicas they get; 0 for the brokers' default.replication.factor.")
                    .withDefault(BROKERS_DEFAULT)
                    .withRange(BROKERS_DEFAULT, Short.MAX_VALUE));

    static ConfigField field() {
        return ConfigField.section(NAME, SPEC)
                .withExample("{ enabled = true, partitions = 6, replication_factor = 3 }");
    }

    static TopicCreation of(Settings sink) {
        return sink.section(NAME)
                .map(settings -> new TopicCreation(
                        settings.bool("enabled"),
                        Optional.of((int) settings.integer("partitions")).filter(number -> number != BROKERS_DEFAULT),
                        Optional.of((short) settings.integer("replication_factor"))
                                .filter(number -> number != BROKERS_DEFAULT)))
                .orElse(new TopicCreation(false, Optional.empty(), Optional.empty()));
    }

    NewTopic topic(String name) {
        return new NewTopic(name, partitions, replicas);
    }

    @Override
    public String toString() {
        return "partitions = " + partitions.map(String::valueOf).orElse("the brokers' default")
                + ", replication_factor = " + replicas.map(String::valueOf).orElse("the brokers' default");
    }
}
