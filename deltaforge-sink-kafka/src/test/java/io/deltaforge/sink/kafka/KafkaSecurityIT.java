package io.deltaforge.sink.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.testkit.context.SettingsDraft;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** "Authentication, authorization, SSL/TLS: fails fast, no retry." Fast is {@link TestLane#awaitEnd}: ten seconds. */
final class KafkaSecurityIT extends FailureCase {

    private static SecuredBroker broker;

    private TopicLog topic;

    @BeforeAll
    static void start() throws Exception {
        broker = new SecuredBroker();
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @BeforeEach
    void createTopic() throws Exception {
        topic = new TopicLog(broker.bootstrapServers(), topicName);
        topic.create(2, Map.of());
        broker.grantTopics("changes");
        broker.grantTransactions();
    }

    private SettingsDraft as(String user, String listener, boolean exactlyOnce) {
        String mechanism = listener.equals("SCRAM") ? "SCRAM-SHA-256" : "PLAIN";
        return SecuredBroker.login(
                usual(broker.address(listener), exactlyOnce), mechanism, user, SecuredBroker.PASSWORD);
    }

    private static DeliveryException onlyFailure(TestLane lane) {
        DeliveryException end = lane.awaitEnd();
        assertThat(lane.failures()).as("no retry").containsExactly(end);
        assertThat(lane.acknowledged()).isZero();
        return end;
    }

    @ParameterizedTest
    @CsvSource({"PLAIN, false", "PLAIN, true", "SCRAM, false", "SCRAM, true"})
    void shouldDeliverWithTheRightsOfTheManualAndNoMore(String listener, boolean exactlyOnce) throws Exception {
        startedAfter(as(SecuredBroker.USER, listener, exactlyOnce), batches.size());
        new Rows(topic, batches).assertEachOnce();
    }

    @ParameterizedTest
    @CsvSource({"PLAIN, false", "PLAIN, true", "SCRAM, false", "SCRAM, true"})
    void shouldFailFastWithAWrongPassword(String listener, boolean exactlyOnce) {
        SettingsDraft settings =
                as(SecuredBroker.USER, listener, exactlyOnce).put("client_conf", "sasl.password", "hunter2");

        DeliveryException failure = onlyFailure(start(settings, 1));

        assertFatal(failure, "AUTHENTICATION", broker.address(listener), "sasl.password", "resume the pipeline");
        assertThat(failure.getMessage() + failure.remedy()).doesNotContain("hunter2");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldStopWhenThePasswordIsChangedWhileItRuns(boolean exactlyOnce) throws Exception {
        SettingsDraft settings = SecuredBroker.login(
                impatient(broker.address("SCRAM"), exactlyOnce),
                "SCRAM-SHA-256",
                SecuredBroker.USER,
                SecuredBroker.PASSWORD);
        TestLane lane = startedAfter(settings, 5);
        try {
            broker.scramPassword("another");
            // The broker asks anew now and then; a batch now and then is what makes the client notice.
            await().pollInterval(Duration.ofMillis(250))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> {
                        lane.allow(lane.acknowledged() + 1);
                        return lane.hasEnded();
                    });
            assertFatal(lane.awaitEnd(), "AUTHENTICATION", "sasl.password");
            assertThat(lane.acknowledged()).isLessThan(batches.size());
        } finally {
            broker.scramPassword(SecuredBroker.PASSWORD);
        }

        startedAfter(settings, batches.size());
        new Rows(topic, batches).assertHold(exactlyOnce);
    }

    @ParameterizedTest
    @CsvSource({"false, changes", "true, deltaforge.positions."})
    void shouldFailFastWithoutRights(boolean exactlyOnce, String named) {
        DeliveryException failure = onlyFailure(start(as(SecuredBroker.STRANGER, "PLAIN", exactlyOnce), 1));

        assertFatal(failure, "AUTHORIZATION", named, "WRITE and DESCRIBE");
    }

    @Test
    void shouldFailFastWithoutTheRightToTransactions() throws Exception {
        broker.revoke(ResourceType.TRANSACTIONAL_ID);

        DeliveryException failure = onlyFailure(start(as(SecuredBroker.USER, "PLAIN", true), 1));

        assertFatal(failure, "AUTHORIZATION", "transactional id");
    }

    @ParameterizedTest
    @CsvSource({"false, TOPIC", "true, TOPIC", "true, TRANSACTIONAL_ID"})
    void shouldStopWhenARightIsRevokedWhileItRuns(boolean exactlyOnce, ResourceType type) throws Exception {
        SettingsDraft settings = as(SecuredBroker.USER, "PLAIN", exactlyOnce);
        TestLane lane = startedAfter(settings, 5);

        broker.revoke(type);
        lane.allowAll();

        assertFatal(lane.awaitEnd(), "AUTHORIZATION", "WRITE and DESCRIBE");
        assertThat(lane.acknowledged()).isEqualTo(5);

        broker.grantTopics("changes");
        broker.grantTransactions();
        startedAfter(settings, batches.size());
        new Rows(topic, batches).assertHold(exactlyOnce);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldDeliverThroughTls(boolean exactlyOnce) throws Exception {
        startedAfter(broker.trusting(usual(broker.address("TLS"), exactlyOnce), true), batches.size());
        new Rows(topic, batches).assertEachOnce();
    }

    @ParameterizedTest
    @CsvSource({
        "TLS,       false, false",
        "TLS,       false, true",
        "EXPIRED,   true,  false",
        "EXPIRED,   true,  true",
        "ELSEWHERE, true,  false",
        "ELSEWHERE, true,  true"
    })
    void shouldFailFastOnACertificateThatDoesNotFit(String listener, boolean rightAuthority, boolean exactlyOnce) {
        SettingsDraft settings = broker.trusting(usual(broker.address(listener), exactlyOnce), rightAuthority);

        DeliveryException failure = onlyFailure(start(settings, 1));

        assertFatal(failure, "TLS", broker.address(listener), "ssl.ca.location");
    }

    @ParameterizedTest
    @CsvSource({
        "TLS,       plaintext, TLS,            speaks TLS",
        "PLAINTEXT, ssl,       TLS,            speaks plain text",
        "PLAIN,     plaintext, AUTHENTICATION, asks for a login (PLAIN)",
    })
    void shouldNameAProtocolThatIsNotTheBrokers(String listener, String protocol, String reason, String said) {
        SettingsDraft settings =
                usual(broker.address(listener), false).put("client_conf", "security.protocol", protocol);

        DeliveryException failure = onlyFailure(start(settings, 1));

        assertFatal(failure, reason, broker.address(listener), said, "security.protocol");
    }
}
