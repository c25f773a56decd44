package io.deltaforge.sink.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.deltaforge.sandbox.KafkaBroker;
import io.deltaforge.sandbox.Sandbox;
import io.deltaforge.testkit.context.RecordedChecks;
import io.deltaforge.testkit.context.RecordedChecks.Found;
import io.deltaforge.testkit.context.SettingsDraft;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the doctor finds wrong is put right by the command that it prints, and then it finds nothing any more. */
final class KafkaCheckIT {

    private static KafkaBroker broker;
    private static Admin admin;

    /** Strict where the sandbox's shared broker is not; who is named in an access list needs to be named, others do not. */
    @BeforeAll
    static void start() {
        broker = KafkaBroker.builder()
                .autoCreateTopics(false)
                .transactionVersion(1)
                .property("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
                .property("allow.everyone.if.no.acl.found", "true")
                .start();
        admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }

    @AfterAll
    static void stop() {
        admin.close();
        broker.close();
    }

    private static List<Found> look(SettingsDraft settings) throws InterruptedException {
        return RecordedChecks.of(report -> new KafkaSinkFactory().check(settings, new StubContext(), report));
    }

    private static List<Found> wrong(SettingsDraft settings) throws InterruptedException {
        return look(settings).stream()
                .filter(found -> found.isWrong() && !found.code().equals("TRANSACTION_VERSION"))
                .toList();
    }

    private static void shouldBePutRight(SettingsDraft settings, String severity, String code) throws Exception {
        List<Found> before = wrong(settings);
        assertThat(before).extracting(Found::severity, Found::code).containsExactly(tuple(severity, code));
        execute(before.get(0).fix());
        assertThat(wrong(settings)).isEmpty();
    }

    /** Does what Kafka's own command does, from its very words; anything else in them fails. */
    private static void execute(String command) throws Exception {
        List<String> words = Arrays.asList(command.split(" ", -1));
        assertThat(option(words, "--bootstrap-server")).contains(broker.bootstrapServers());
        switch (words.get(0)) {
            case "kafka-topics.sh" ->
                admin.createTopics(List.of(new NewTopic(
                                option(words, "--topic").orElseThrow(),
                                Integer.parseInt(option(words, "--partitions").orElseThrow()),
                                Short.parseShort(
                                        option(words, "--replication-factor").orElseThrow()))))
                        .all()
                        .get(10, TimeUnit.SECONDS);
            case "kafka-configs.sh" -> alter(words);
            case "kafka-acls.sh" -> allow(words);
            case "kafka-features.sh" -> {
                String[] feature = option(words, "--feature").orElseThrow().split("=", 2);
                admin.updateFeatures(
                                Map.of(
                                        feature[0],
                                        new FeatureUpdate(
                                                Short.parseShort(feature[1]), FeatureUpdate.UpgradeType.UPGRADE)),
                                new UpdateFeaturesOptions())
                        .all()
                        .get(10, TimeUnit.SECONDS);
            }
            default -> throw new AssertionError("not a command of Kafka: " + command);
        }
    }

    private static void alter(List<String> words) throws Exception {
        boolean topic = option(words, "--entity-type").orElseThrow().equals("topics");
        ConfigResource resource = topic
                ? new ConfigResource(
                        ConfigResource.Type.TOPIC,
                        option(words, "--entity-name").orElseThrow())
                : new ConfigResource(ConfigResource.Type.BROKER, "");
        String[] entry = option(words, "--add-config").orElseThrow().split("=", 2);
        Collection<AlterConfigOp> change =
                List.of(new AlterConfigOp(new ConfigEntry(entry[0], entry[1]), AlterConfigOp.OpType.SET));
        admin.incrementalAlterConfigs(Map.of(resource, change)).all().get(10, TimeUnit.SECONDS);
    }

    private static void allow(List<String> words) throws Exception {
        List<AclBinding> bindings = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            if (words.get(i).equals("--operation")) {
                bindings.add(binding(
                        option(words, "--topic").orElseThrow(),
                        option(words, "--allow-principal").orElseThrow(),
                        AclOperation.fromString(words.get(i + 1))));
            }
        }
        admin.createAcls(bindings).all().get(10, TimeUnit.SECONDS);
    }

    private static AclBinding binding(String topic, String principal, AclOperation operation) {
        return new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL),
                new AccessControlEntry(principal, "*", operation, AclPermissionType.ALLOW));
    }

    private static Optional<String> option(List<String> words, String name) {
        int at = words.indexOf(name);
        return at < 0 ? Optional.empty() : Optional.of(words.get(at + 1));
    }

    private static SettingsDraft to(String topic) {
        return Drafts.of(broker.bootstrapServers(), topic);
    }

    private static String createdTopic(String name, Map<String, String> config) throws Exception {
        String topic = Sandbox.uniqueName(name);
        admin.createTopics(List.of(new NewTopic(topic, 3, (short) 1).configs(config)))
                .all()
                .get(10, TimeUnit.SECONDS);
        return topic;
    }

    @Test
    void shouldFindNothingWrongWithATopicThatIsThere() throws Exception {
        SettingsDraft settings = to(createdTopic("sound", Map.of()));
        assertThat(wrong(settings)).isEmpty();
        assertThat(look(settings))
                .extracting(Found::code)
                .contains("CONNECTION", "TOPIC", "WRITE_RIGHT", "REPLICAS", "MESSAGE_MAX_BYTES");
    }

    @Test
    void shouldFindATopicThatIsMissing() throws Exception {
        shouldBePutRight(to(Sandbox.uniqueName("missing")), "error", "TOPIC_MISSING");
    }

    @Test
    void shouldSayThatTopicsOfATemplateMustBeThere() throws Exception {
        assertThat(wrong(to("shop.${source.table}"))).extracting(Found::code).containsExactly("TOPIC_MISSING");
    }

    @Test
    void shouldTakeTopicsThatTheBrokersMakeForGranted() throws Exception {
        SettingsDraft settings = Drafts.of(Sandbox.kafka().bootstrapServers(), "shop.${source.table}");
        assertThat(look(settings)).extracting(Found::severity).containsOnly("ok");
        assertThat(look(settings)).extracting(Found::code).contains("TRANSACTION_VERSION", "TOPIC");
    }

    @Test
    void shouldFindATopicThatTakesLessThanTheSinkSends() throws Exception {
        shouldBePutRight(
                to(createdTopic("narrow", Map.of("max.message.bytes", "10000"))), "warning", "MESSAGE_MAX_BYTES");
    }

    @Test
    void shouldFindATopicToWhichNothingCanBeWritten() throws Exception {
        shouldBePutRight(to(createdTopic("stuck", Map.of("min.insync.replicas", "2"))), "error", "TOO_FEW_REPLICAS");
    }

    @Test
    void shouldFindTheRightThatTheRoleLacks() throws Exception {
        String topic = createdTopic("guarded", Map.of());
        admin.createAcls(List.of(
                        binding(topic, "User:ANONYMOUS", AclOperation.READ),
                        binding(topic, "User:ANONYMOUS", AclOperation.DESCRIBE_CONFIGS)))
                .all()
                .get(10, TimeUnit.SECONDS);
        await().until(() -> !wrong(to(topic)).isEmpty());
        shouldBePutRight(to(topic), "error", "AUTHORIZATION");
    }

    @Test
    void shouldFindAClusterWhoseTransactionsAreOfTheOldKind() throws Exception {
        SettingsDraft settings = to(createdTopic("tv", Map.of()));
        List<Found> before = look(settings).stream()
                .filter(found -> found.code().equals("TRANSACTION_VERSION"))
                .toList();
        assertThat(before).extracting(Found::severity).containsExactly("warning");
        execute(before.get(0).fix());
        await().until(() ->
                look(settings).contains(new Found("ok", "TRANSACTION_VERSION", "transaction.version is 2", null)));
    }

    @Test
    void shouldFindATransactionTimeoutThatTheBrokersDoNotAllow() throws Exception {
        SettingsDraft settings = to(createdTopic("long", Map.of())).set("exactly_once", true);
        assertThat(look(settings)).extracting(Found::code).contains("TRANSACTION_TIMEOUT");
        assertThat(wrong(settings)).isEmpty();

        assertThat(wrong(settings.put("client_conf", "transaction.timeout.ms", 900_001)))
                .extracting(Found::severity, Found::code)
                .containsExactly(tuple("error", "TRANSACTION_TIMEOUT"));
    }

    @Test
    void shouldFindBrokersThatAreNotThere() throws Exception {
        SettingsDraft settings =
                Drafts.of("127.0.0.1:" + Sandbox.freePort(1), "x").set("send_timeout_secs", "1");
        assertThat(wrong(settings)).extracting(Found::code).containsExactly("BROKER_UNAVAILABLE");
    }
}
