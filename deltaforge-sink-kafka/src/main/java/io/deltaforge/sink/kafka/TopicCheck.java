package io.deltaforge.sink.kafka;

import io.deltaforge.api.check.CheckReport;
import java.util.Optional;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.acl.AclOperation;

/**
 * Judges a topic, or the settings of the brokers that would make it.
 *
 * @param broker the settings of one broker, if it tells them
 */
record TopicCheck(SinkOptions options, int brokers, Optional<Config> broker, CheckReport report) {

    private static final int USUAL_REPLICAS = 3;
    private static final int USUAL_PARTITIONS = 6;

    /** Topics are named by the events, which nobody knows yet. */
    void templated() {
        if (isOn("auto.create.topics.enable")) {
            report.ok("TOPIC", "topics named by " + options.topic() + " are made by the brokers when they are missing");
            replicasOfNewTopics();
        } else if (broker.isPresent()) {
            report.warning(
                    "TOPIC_MISSING",
                    "topics named by " + options.topic() + " must be there already: auto.create.topics.enable is false",
                    create("TOPIC"));
        }
        maxBytes(broker, "message.max.bytes", "--entity-type brokers --entity-default");
    }

    void missing(String topic) {
        if (isOn("auto.create.topics.enable")) {
            report.ok("TOPIC", "topic " + topic + " will be made by the brokers");
            replicasOfNewTopics();
            maxBytes(broker, "message.max.bytes", "--entity-type brokers --entity-default");
        } else if (broker.isPresent()) {
            report.error(
                    "TOPIC_MISSING",
                    "topic " + topic + " does not exist, and auto.create.topics.enable is false",
                    create(topic));
        } else {
            report.warning("TOPIC_MISSING", "topic " + topic + " does not exist", create(topic));
        }
    }

    void present(TopicDescription topic, Optional<Config> settings) {
        report.ok(
                "TOPIC", "topic " + topic.name() + " has " + topic.partitions().size() + " partitions");
        boolean mayWrite = topic.authorizedOperations() == null
                || topic.authorizedOperations().contains(AclOperation.WRITE);
        if (mayWrite) {
            report.ok("WRITE_RIGHT", "the role may write to topic " + topic.name());
        } else {
            report.error(
                    "AUTHORIZATION",
                    "the role may not write to topic " + topic.name(),
                    "kafka-acls.sh --bootstrap-server " + options.brokers() + " --add --allow-principal " + principal()
                            + " --operation Write --operation Describe --topic " + topic.name());
        }
        settings.ifPresent(found -> replicas(topic, found));
        maxBytes(settings, "max.message.bytes", "--entity-type topics --entity-name " + topic.name());
    }

    private void replicas(TopicDescription topic, Config settings) {
        int least = topic.partitions().stream()
                .mapToInt(partition -> partition.replicas().size())
                .min()
                .orElse(0);
        int inSync = topic.partitions().stream()
                .mapToInt(partition -> partition.isr().size())
                .min()
                .orElse(0);
        int needed = number(settings, "min.insync.replicas");
        String set = "kafka-configs.sh --bootstrap-server " + options.brokers()
                + " --alter --entity-type topics --entity-name " + topic.name() + " --add-config min.insync.replicas=";
        if (least < needed) {
            report.error(
                    "TOO_FEW_REPLICAS",
                    "topic " + topic.name() + " has " + least + " replicas and min.insync.replicas = " + needed
                            + ": nothing can be written with acks=all",
                    set + Math.max(1, least - 1));
        } else if (inSync < needed) {
            report.warning(
                    "TOO_FEW_REPLICAS",
                    "topic " + topic.name() + " has " + inSync + " replicas in sync and min.insync.replicas = " + needed
                            + ": nothing can be written until more are",
                    "start the brokers that are down");
        } else if (least > 1 && needed == 1) {
            report.warning(
                    "MIN_INSYNC_REPLICAS",
                    "min.insync.replicas of topic " + topic.name()
                            + " is 1: an event counts as delivered when a single broker has it",
                    set + 2);
        } else {
            report.ok("REPLICAS", least + " replicas, min.insync.replicas = " + needed);
        }
    }

    private void replicasOfNewTopics() {
        broker.ifPresent(settings -> {
            int replicas = number(settings, "default.replication.factor");
            if (replicas == 1 && brokers > 1) {
                report.warning(
                        "REPLICATION_FACTOR",
                        "default.replication.factor is 1: a topic that the brokers make is lost with one broker",
                        "set default.replication.factor = " + Math.min(USUAL_REPLICAS, brokers)
                                + " in server.properties of the brokers, or make the topics before: "
                                + create("TOPIC"));
            }
        });
    }

    /** What a producer may send and a broker refuses goes to the dead letters, or stops the pipeline. */
    private void maxBytes(Optional<Config> settings, String name, String entity) {
        settings.ifPresent(found -> {
            int taken = number(found, name);
            int sent = options.client().maxRecordBytes();
            if (taken < sent) {
                report.warning(
                        "MESSAGE_MAX_BYTES",
                        name + " is " + taken + " and the sink sends up to max.request.size = " + sent
                                + " bytes: what is between is refused",
                        "kafka-configs.sh --bootstrap-server " + options.brokers() + " --alter " + entity
                                + " --add-config " + name + "=" + sent);
            } else {
                report.ok("MESSAGE_MAX_BYTES", name + " is " + taken + ", max.request.size is " + sent);
            }
        });
    }

    private boolean isOn(String name) {
        return broker.map(settings -> settings.get(name))
                .map(ConfigEntry::value)
                .map(Boolean::parseBoolean)
                .orElse(false);
    }

    private static int number(Config settings, String name) {
        return Integer.parseInt(settings.get(name).value());
    }

    private String create(String topic) {
        return "kafka-topics.sh --bootstrap-server " + options.brokers() + " --create --topic " + topic
                + " --partitions " + USUAL_PARTITIONS + " --replication-factor " + Math.min(USUAL_REPLICAS, brokers);
    }

    /** Who the brokers take us for is known here only when they do not ask. */
    private String principal() {
        String protocol = options.client().properties().getOrDefault("security.protocol", "PLAINTEXT");
        return protocol.equals("PLAINTEXT") ? "User:ANONYMOUS" : "User:NAME";
    }
}
