package io.deltaforge.sink.kafka;

import io.deltaforge.testkit.context.SettingsDraft;

/** Settings of the sink to begin from. */
final class Drafts {

    private Drafts() {}

    static SettingsDraft of(String brokers, String topic) {
        return new SettingsDraft(new KafkaSinkFactory().config(), "sinks[0].")
                .set("brokers", brokers)
                .set("topic", topic);
    }
}
