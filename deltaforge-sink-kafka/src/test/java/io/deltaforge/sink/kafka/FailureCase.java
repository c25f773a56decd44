package io.deltaforge.sink.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.sandbox.Sandbox;
import io.deltaforge.testkit.context.SettingsDraft;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** One failure of the table, done to a sink that is at work. Each case has a pipeline and a topic of its own. */
abstract class FailureCase {

    static final int ROWS = 20;

    private static final int BATCHES = 30;

    final List<EventBatch> batches;
    final StubContext context = new StubContext(Sandbox.uniqueName("shop"));
    final String topicName = Sandbox.uniqueName("changes");
    private final List<TestLane> lanes = new ArrayList<>();

    FailureCase() {
        this("");
    }

    /** With something behind the note of every row. */
    FailureCase(String ballast) {
        batches = Rows.batches(1, BATCHES, ROWS, ballast);
    }

    @AfterEach
    void closeLanes() {
        lanes.forEach(TestLane::close);
    }

    /** Settings that give up early, so that what takes longer than they allow does not take long. */
    SettingsDraft impatient(String brokers, boolean exactlyOnce) {
        return Drafts.of(brokers, topicName)
                .set("exactly_once", exactlyOnce)
                .set("send_timeout_secs", 1)
                .put("client_conf", "message.timeout.ms", 1_000);
    }

    /** Settings as users have them, but for the names. */
    SettingsDraft usual(String brokers, boolean exactlyOnce) {
        return Drafts.of(brokers, topicName).set("exactly_once", exactlyOnce);
    }

    /** Starts a sink and hands the first so many batches over. */
    TestLane start(SettingsDraft settings, int count) {
        TestLane lane = new TestLane(settings, context, batches, count);
        lanes.add(lane);
        return lane;
    }

    /** Starts a sink, and hands it batches of the test's own. */
    TestLane start(SettingsDraft settings, List<EventBatch> own) {
        TestLane lane = new TestLane(settings, context, own, own.size());
        lanes.add(lane);
        return lane;
    }

    /** Starts a sink, and waits until it has delivered so many batches. */
    TestLane startedAfter(SettingsDraft settings, int count) {
        TestLane lane = start(settings, count);
        lane.awaitAcknowledged(count);
        return lane;
    }

    /**
     * One of the two kinds of sink, for what is too expensive to be done twice.
     *
     * @param exactlyOnce which kind it is
     * @param topic a topic of its own
     * @param lane delivers into it
     */
    record Side(boolean exactlyOnce, TopicLog topic, TestLane lane) {}

    /** Makes a lane's settings from the usual or impatient ones. */
    interface Draft {
        SettingsDraft of(String brokers, boolean exactlyOnce);
    }

    /** Starts both kinds of sink, each with a topic of its own that there is, and hands the first so many batches over. */
    List<Side> startBoth(Draft draft, String brokers, int count) {
        List<Side> sides = new ArrayList<>();
        for (boolean exactlyOnce : new boolean[] {false, true}) {
            TopicLog topic = bothTopics(brokers).get(exactlyOnce ? 1 : 0);
            SettingsDraft settings = draft.of(brokers, exactlyOnce).set("topic", topic.name());
            TestLane lane = new TestLane(settings, new StubContext(Sandbox.uniqueName("shop")), batches, count);
            lanes.add(lane);
            sides.add(new Side(exactlyOnce, topic, lane));
        }
        return sides;
    }

    /** Starts both kinds of sink, and waits until they have delivered so many batches. */
    List<Side> startBothAfter(Draft draft, String brokers, int count) {
        List<Side> sides = startBoth(draft, brokers, count);
        sides.forEach(side -> side.lane().awaitAcknowledged(count));
        return sides;
    }

    /** Returns the topics of the two kinds. */
    List<TopicLog> bothTopics(String brokers) {
        return List.of(new TopicLog(brokers, topicName + "_least"), new TopicLog(brokers, topicName + "_once"));
    }

    /** Waits until both have delivered everything, and checks what their topics hold. */
    void assertBothDeliver(List<Side> sides) {
        sides.forEach(side -> side.lane().awaitEverything());
        sides.forEach(side -> new Rows(side.topic(), batches).assertHold(side.exactlyOnce()));
    }

    static void assertRetried(List<DeliveryException> failures, String... reasons) {
        assertThat(failures).isNotEmpty().allSatisfy(failure -> {
            assertThat(failure.kind()).as(failure.getMessage()).isEqualTo(ErrorKind.RETRIABLE);
            assertThat(failure.reason()).as(failure.getMessage()).isIn((Object[]) reasons);
            assertThat(failure.remedy()).isPresent();
        });
    }

    static void assertFatal(DeliveryException failure, String reason, String... said) {
        assertThat(failure.kind()).as(failure.getMessage()).isEqualTo(ErrorKind.FATAL);
        assertThat(failure.reason()).as(failure.getMessage()).isEqualTo(reason);
        assertThat(failure.remedy()).isPresent();
        assertThat(failure.getMessage() + " / " + failure.remedy().orElseThrow())
                .contains(said);
    }
}
