package io.deltaforge.sink.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.deltaforge.api.error.ConfigException;
import io.deltaforge.testkit.context.SettingsDraft;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ProducerSettingsTest {

    private static SettingsDraft sink() {
        return Drafts.of("localhost:9092", "shop.${source.table}");
    }

    private static ProducerSettings resolve(SettingsDraft settings) {
        ProducerSettings resolved =
                KafkaSinkFactory.options(settings, new StubContext()).client();
        assertThatTheClientTakes(resolved);
        return resolved;
    }

    /** The client checks settings against each other only when it is made. */
    private static void assertThatTheClientTakes(ProducerSettings settings) {
        Map<String, Object> properties = new HashMap<>(settings.properties());
        properties.put("key.serializer", ByteArraySerializer.class);
        properties.put("value.serializer", ByteArraySerializer.class);
        ProducerConfig config = new ProducerConfig(properties);
        assertThat(config.unused()).isEqualTo(config.unused());
        long needed = config.getLong("linger.ms") + config.getInt("request.timeout.ms");
        assertThat((long) config.getInt("delivery.timeout.ms")).isGreaterThanOrEqualTo(needed);
        assertThat((long) config.getInt("batch.size")).isLessThanOrEqualTo(config.getLong("buffer.memory"));
    }

    private static List<String> problems(SettingsDraft settings) {
        ConfigException failure = catchThrowableOfType(
                ConfigException.class, () -> KafkaSinkFactory.options(settings, new StubContext()));
        assertThat(failure).as("a ConfigException").isNotNull();
        return failure.problems().stream()
                .map(ConfigException.Problem::toString)
                .toList();
    }

    @Test
    void shouldBeTunedForChangesByDefault() {
        assertThat(resolve(sink()).properties())
                .containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
                        Map.entry("bootstrap.servers", "localhost:9092"),
                        Map.entry("client.id", "deltaforge-shop-kafka"),
                        Map.entry("acks", "all"),
                        Map.entry("enable.idempotence", "true"),
                        Map.entry("max.in.flight.requests.per.connection", "5"),
                        Map.entry("retries", "2147483647"),
                        Map.entry("compression.type", "lz4"),
                        Map.entry("linger.ms", "1"),
                        Map.entry("batch.size", "524288"),
                        Map.entry("buffer.memory", "67108864"),
                        Map.entry("max.request.size", "1048576"),
                        Map.entry("delivery.timeout.ms", "30000"),
                        Map.entry("request.timeout.ms", "15000"),
                        Map.entry("max.block.ms", "30000")));
    }

    @Test
    void shouldTakeTheFiveSettingsOfTheUsersPage() {
        ProducerSettings settings = resolve(sink().put("client_conf", "acks", "all")
                .put("client_conf", "message.timeout.ms", 20_000)
                .put("client_conf", "retries", 2147483647)
                .put("client_conf", "enable.idempotence", true)
                .put("client_conf", "compression.type", "zstd"));

        assertThat(settings.properties())
                .containsEntry("acks", "all")
                .containsEntry("delivery.timeout.ms", "20000")
                .containsEntry("request.timeout.ms", "9999")
                .containsEntry("retries", "2147483647")
                .containsEntry("enable.idempotence", "true")
                .containsEntry("compression.type", "zstd")
                .doesNotContainKey("message.timeout.ms");
        assertThat(settings.warnings()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "message.timeout.ms,           40000, delivery.timeout.ms, 40000",
        "message.timeout.ms,           0,     delivery.timeout.ms, 2147483647",
        "message.send.max.retries,     7,     retries, 7",
        "request.required.acks,        -1,    acks, -1",
        "compression.codec,            gzip,  compression.type, gzip",
        "queue.buffering.max.ms,       2.5,   linger.ms, 3",
        "linger.ms,                    0.5,   linger.ms, 1",
        "queue.buffering.max.kbytes,   2048,  buffer.memory, 2097152",
        "message.max.bytes,            2000000, max.request.size, 2000000",
        "socket.timeout.ms,            4000,  request.timeout.ms, 4000",
        "max.in.flight,                2,     max.in.flight.requests.per.connection, 2",
        "topic.metadata.refresh.interval.ms, 60000, metadata.max.age.ms, 60000",
        "socket.send.buffer.bytes,     0,     send.buffer.bytes, -1",
        "security.protocol,            ssl,   security.protocol, SSL",
        "ssl.endpoint.identification.algorithm, none, ssl.endpoint.identification.algorithm, ''",
        "ssl.ca.location,              /ca.pem, ssl.truststore.location, /ca.pem",
        "ssl.ca.location,              /ca.pem, ssl.truststore.type, PEM",
        "compression.level,            9,     compression.lz4.level, 9",
    })
    void shouldTranslateTheNamesOfLibrdkafka(String name, String value, String javaName, String javaValue) {
        assertThat(resolve(sink().put("client_conf", name, value)).properties()).containsEntry(javaName, javaValue);
    }

    @Test
    void shouldTurnUserAndPasswordIntoALogin() {
        ProducerSettings settings = resolve(sink().put("client_conf", "security.protocol", "sasl_ssl")
                .put("client_conf", "sasl.mechanisms", "SCRAM-SHA-512")
                .put("client_conf", "sasl.username", "shop")
                .put("client_conf", "sasl.password", "quo\"te\\d"));

        assertThat(settings.properties())
                .containsEntry("sasl.mechanism", "SCRAM-SHA-512")
                .containsEntry(
                        "sasl.jaas.config",
                        "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"shop\" "
                                + "password=\"quo\\\"te\\\\d\";");
        assertThat(settings.toString()).doesNotContain("quo");
    }

    @Test
    void shouldWarnByNameAboutWhatTheJavaClientDoesNotHave() {
        assertThat(resolve(sink().put("client_conf", "statistics.interval.ms", 5000)
                                .put("client_conf", "batch.num.messages", 10))
                        .warnings())
                .containsExactly(
                        "sinks[0].client_conf.statistics.interval.ms says nothing to the Java client and is ignored",
                        "sinks[0].client_conf.batch.num.messages says nothing to the Java client and is ignored");
    }

    /** The list of names that users of the original have: none may be taken for a mistake. */
    @ParameterizedTest
    @CsvSource({
        "message.timeout.ms, 30000, 0",
        "queue.buffering.max.kbytes, 65536, 0",
        "queue.buffering.max.messages, 100000, 1",
        "queue.buffering.max.ms, 5, 0",
        "message.max.bytes, 1000000, 0",
        "message.send.max.retries, 2147483647, 0",
        "socket.timeout.ms, 10000, 0",
        "batch.num.messages, 10000, 1",
        "request.required.acks, all, 0",
        "compression.codec, lz4, 0",
        "sasl.mechanisms, SCRAM-SHA-512, 0",
        "ssl.ca.location, /ca.pem, 0",
        "ssl.key.password, secret, 0",
        "statistics.interval.ms, 5000, 1",
        "socket.keepalive.enable, true, 1",
    })
    void shouldTakeEveryNameOfTheOriginalsUsersWithAWarningWhereItSaysNothing(String name, String value, int warnings) {
        assertThat(resolve(sink().put("client_conf", name, value)).warnings()).hasSize(warnings);
    }

    @Test
    void shouldSayWhatToWriteInsteadOfWhatCannotBeTranslated() {
        assertThat(problems(sink().put("client_conf", "sasl.kerberos.keytab", "/keytab")))
                .singleElement()
                .asString()
                .contains("sasl.kerberos.keytab", "sasl.jaas.config");
    }

    @Test
    void shouldReportAllProblemsAtOnce() {
        List<String> problems = problems(sink().set("brokers", "localhost,other:99999")
                .set("topic", "a b")
                .set("key", "${wrong}")
                .set("exactly_once", true)
                .put("client_conf", "enable.idempotence", false)
                .put("client_conf", "mesage.timeout.ms", 1)
                .put("client_conf", "batch.size", "many")
                .put("client_conf", "bootstrap.servers", "elsewhere:1"));

        assertThat(problems)
                .satisfiesExactlyInAnyOrder(
                        each -> assertThat(each).startsWith("sinks[0].brokers: 'localhost' is no address"),
                        each -> assertThat(each).startsWith("sinks[0].brokers: 'other:99999' has no port"),
                        each -> assertThat(each).startsWith("sinks[0].topic: 'a b' cannot name a topic: ' '"),
                        each -> assertThat(each).startsWith("sinks[0].key: '${wrong}'"),
                        each -> assertThat(each)
                                .isEqualTo("sinks[0].client_conf.enable.idempotence: switches idempotence off, which "
                                        + "exactly_once = true needs; remove one of them"),
                        each -> assertThat(each)
                                .startsWith("sinks[0].client_conf.mesage.timeout.ms: ")
                                .endsWith("did you mean message.timeout.ms?"),
                        each -> assertThat(each).startsWith("sinks[0].client_conf.batch.size: 'many' is not allowed"),
                        each -> assertThat(each)
                                .isEqualTo("sinks[0].client_conf.bootstrap.servers: cannot be set here: "
                                        + "it is set by brokers"));
    }

    @Test
    void shouldGiveTransactionsTheSameIdAfterEachStartAndMoreTimeThanDeliveries() {
        ProducerSettings settings =
                resolve(sink().set("exactly_once", true).put("client_conf", "message.timeout.ms", 90_000));

        assertThat(settings.properties())
                .containsEntry("transactional.id", "deltaforge-shop-kafka")
                .containsEntry("transaction.timeout.ms", "180000")
                .containsEntry("enable.idempotence", "true");
        assertThat(resolve(sink()).properties()).doesNotContainKeys("transactional.id", "transaction.timeout.ms");
        assertThat(problems(sink().put("client_conf", "transaction.timeout.ms", 1_000)))
                .singleElement()
                .asString()
                .contains("client_conf.transaction.timeout.ms", "exactly_once = true");
    }

    @Test
    void shouldNotShowSecretsInProblems() {
        List<String> problems = problems(sink().put("client_conf", "sasl.jaas.config", "hunter2")
                .put("client_conf", "sasl.username", "shop")
                .put("client_conf", "sasl.password", "hunter3")
                .put("client_conf", "ssl.key.passwrd", "hunter4"));

        assertThat(problems).hasSize(2).noneMatch(problem -> problem.contains("hunter"));
    }

    @ParameterizedTest
    @CsvSource({
        "enable.idempotence, true,  acks, 1,                enable.idempotence",
        "enable.idempotence, true,  retries, 0,             enable.idempotence",
        "enable.idempotence, true,  max.in.flight, 6,       enable.idempotence",
        "enable.idempotence, false, max.in.flight, 2,       enable.idempotence",
        "acks,               1,     max.in.flight, 2,       acks",
        "message.timeout.ms, 5000,  request.timeout.ms, 5000, request.timeout.ms",
        "message.timeout.ms, 5000,  linger.ms, 5000,        linger.ms",
        "batch.size,         3000,  queue.buffering.max.kbytes, 1, queue.buffering.max.kbytes",
        "message.timeout.ms, 5000,  delivery.timeout.ms, 6000, message.timeout.ms",
        "security.protocol,  SSL,   sasl.username, shop,    sasl.password",
    })
    void shouldNameBothSettingsThatContradictEachOther(
            String one, String oneValue, String other, String otherValue, String named) {
        assertThat(problems(sink().put("client_conf", one, oneValue).put("client_conf", other, otherValue)))
                .singleElement()
                .asString()
                .contains(named);
    }

    @Test
    void shouldLetDefaultsYieldToWhatTheUserSets() {
        assertThat(resolve(sink().put("client_conf", "acks", 1)).properties())
                .containsEntry("enable.idempotence", "false")
                .containsEntry("max.in.flight.requests.per.connection", "1");
        assertThat(resolve(sink().put("client_conf", "request.timeout.ms", 60_000))
                        .properties())
                .containsEntry("delivery.timeout.ms", "60001");
        assertThat(resolve(sink().put("client_conf", "buffer.memory", 100_000)).properties())
                .containsEntry("batch.size", "100000");
        assertThat(resolve(sink().put("client_conf", "batch.size", 100_000_000)).properties())
                .containsEntry("buffer.memory", "100000000");
    }

    @Test
    void shouldRefuseToSendWithoutAnyAcknowledgement() {
        assertThat(problems(sink().put("client_conf", "acks", 0)))
                .singleElement()
                .asString()
                .contains("acks: 0 asks for no acknowledgement");
    }
}
