package io.deltaforge.e2e.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaforge.e2e.workload.Item;
import io.deltaforge.e2e.workload.ItemChange;
import io.deltaforge.e2e.workload.LedgerEntry;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

/** An oracle that cannot say no proves nothing: every kind of fault is put in front of it once. */
class DeliveryOracleTest {

    private static final TopicPartition ITEMS = new TopicPartition("t.item", 0);
    private static final ItemChange CREATE = new ItemChange('c', 1, 1, "a");
    private static final ItemChange UPDATE = new ItemChange('u', 1, 2, "b");
    private static final Map<Long, Item> TABLE = Map.of(1L, new Item(2, 20, "b"));
    private static final Map<Long, LedgerEntry> LEDGER =
            Map.of(10L, new LedgerEntry(10, 1, CREATE.digest()), 20L, new LedgerEntry(20, 1, UPDATE.digest()));

    private final DeliveryOracle oracle = new DeliveryOracle();
    private long offset;

    private static String created() {
        return item(10, 1, 'c', "{\"id\":1,\"ver\":1,\"txid\":10,\"note\":\"a\"}");
    }

    private static String updated() {
        return item(20, 1, 'u', "{\"id\":1,\"ver\":2,\"txid\":20,\"note\":\"b\"}");
    }

    private static String item(long tx, long ordinal, char op, String row) {
        return event("item", tx, ordinal, op, row, "");
    }

    private static String ledger(long tx, ItemChange change) {
        String row = "{\"txid\":" + tx + ",\"changes\":1,\"checksum\":" + change.digest() + "}";
        return event("ledger", tx, 2, 'c', row, ",\"tx_end\":true");
    }

    private static String event(String table, long tx, long ordinal, char op, String row, String end) {
        String rows = op == 'd' ? "\"before\":" + row + ",\"after\":null" : "\"before\":null,\"after\":" + row;
        return "{" + rows + ",\"source\":{\"table\":\"" + table + "\",\"lsn\":\"0/" + tx + "\"},\"op\":\"" + op
                + "\",\"transaction\":{\"id\":\"x" + tx + "\",\"total_order\":" + ordinal + "},\"event_id\":\"e" + tx
                + "-" + ordinal + "\"" + end + "}";
    }

    private void deliver(String... events) {
        for (String event : events) {
            boolean isLedger = event.contains("\"table\":\"ledger\"");
            String key = isLedger ? "{\"txid\":" + event.replaceAll(".*\"txid\":(\\d+).*", "$1") + "}" : "{\"id\":1}";
            RecordHeaders headers = new RecordHeaders();
            String id = event.replaceAll(".*\"event_id\":\"([^\"]+)\".*", "$1");
            headers.add("df-event-id", id.getBytes(StandardCharsets.UTF_8));
            oracle.add(new ConsumerRecord<>(
                    isLedger ? "t.ledger" : "t.item",
                    0,
                    offset++,
                    0L,
                    TimestampType.CREATE_TIME,
                    0,
                    0,
                    key.getBytes(StandardCharsets.UTF_8),
                    event.getBytes(StandardCharsets.UTF_8),
                    headers,
                    Optional.empty()));
        }
    }

    private List<String> problems() {
        return oracle.problems(LEDGER, TABLE);
    }

    private void deliverLedger() {
        deliver(ledger(10, CREATE), ledger(20, UPDATE));
    }

    @Test
    void shouldAcceptWhatTheDatabaseCommitted() {
        deliver(created(), updated());
        deliverLedger();
        assertThat(problems()).isEmpty();
        assertThat(oracle.duplicates()).isZero();
    }

    @Test
    void shouldAcceptARewindAndCountIt() {
        deliver(created(), updated(), created(), updated());
        deliverLedger();
        assertThat(problems()).isEmpty();
        assertThat(oracle.duplicates()).isEqualTo(2);
    }

    @Test
    void shouldReportAnEventThatComesAgainFromFurtherBackThanItRemembers() {
        deliver(created());
        for (int version = 2; version <= PartitionLog.REMEMBERED + 1; version++) {
            String row = "{\"id\":1,\"ver\":" + version + ",\"txid\":20,\"note\":\"b\"}";
            deliver(item(10 + version, 1, 'u', row));
        }
        assertThat(oracle.problems()).isEmpty();
        deliver(created());
        assertThat(oracle.problems()).isNotEmpty();
    }

    @Test
    void shouldMissALostEvent() {
        deliver(created());
        deliverLedger();
        assertThat(problems()).anyMatch(problem -> problem.contains("txid=20")).anyMatch(p -> p.contains("folded"));
    }

    @Test
    void shouldMissALostTransaction() {
        deliver(created(), ledger(10, CREATE));
        assertThat(problems()).anyMatch(problem -> problem.startsWith("lost: LedgerEntry[txid=20"));
    }

    @Test
    void shouldNoticeAPhantom() {
        deliver(created(), updated(), item(30, 1, 'u', "{\"id\":1,\"ver\":3,\"txid\":30,\"note\":\"c\"}"));
        deliverLedger();
        assertThat(problems()).anyMatch(problem -> problem.startsWith("phantom: transaction x30"));
    }

    @Test
    void shouldNoticeChangedContent() {
        deliver(created(), item(20, 1, 'u', "{\"id\":1,\"ver\":2,\"txid\":20,\"note\":\"c\"}"));
        deliverLedger();
        assertThat(problems()).anyMatch(problem -> problem.startsWith("of LedgerEntry[txid=20"));
    }

    @Test
    void shouldNoticeDisorder() {
        deliver(updated(), created());
        deliverLedger();
        assertThat(problems()).anyMatch(problem -> problem.contains("as change 1 and has no row"));
    }

    @Test
    void shouldNoticeAStepBackThatIsNoRewind() {
        deliver(created(), updated(), created(), item(30, 1, 'u', "{\"id\":1,\"ver\":3,\"txid\":30,\"note\":\"c\"}"));
        deliverLedger();
        assertThat(problems()).anyMatch(problem -> problem.contains("a rewind has come to 1 of 2"));
    }

    @Test
    void shouldNoticeARewindThatLeavesSomethingOut() {
        deliver(created(), updated(), item(30, 1, 'd', "{\"id\":1}"), created(), item(30, 1, 'd', "{\"id\":1}"));
        assertThat(problems()).anyMatch(problem -> problem.startsWith("a rewind jumps ahead"));
    }

    @Test
    void shouldNoticeARepetitionWithOtherBytes() {
        deliver(created(), updated(), created().replace("{\"before\"", "{ \"before\""), updated());
        deliverLedger();
        assertThat(problems()).anyMatch(problem -> problem.contains("differs from its first copy"));
    }

    @Test
    void shouldNoticeAnEventWithASecondId() {
        deliver(created(), created().replace("e10-1", "e10-7"), updated());
        deliverLedger();
        assertThat(problems()).anyMatch(problem -> problem.contains("two events with ordinal 1"));
    }

    @Test
    void shouldNoticeAMissingEndOfATransaction() {
        deliver(created(), updated(), ledger(10, CREATE), ledger(20, UPDATE).replace(",\"tx_end\":true", ""));
        assertThat(problems()).anyMatch(problem -> problem.contains("is marked at event 0 of 2"));
    }

    @Test
    void shouldNoticeWhatIsNoEnvelope() {
        deliver(created(), updated(), "{\"event_id\":\"e\"}");
        deliverLedger();
        assertThat(problems()).anyMatch(problem -> problem.contains("field op is missing"));
    }

    @Test
    void shouldNoticeACheckpointThatIsAheadOfTheTopic() {
        deliver(created(), updated());
        Checkpoint between = new Checkpoint(Delivered.lsn("0/18"), 0);
        Checkpoint ahead = new Checkpoint(Delivered.lsn("0/20"), 1);
        Map<TopicPartition, Long> ends = Map.of(ITEMS, 1L);
        assertThat(oracle.checkpointProblems(between, ends)).isEmpty();
        assertThat(oracle.checkpointProblems(ahead, ends)).hasSize(1);
        assertThat(oracle.repeatable(between, ends)).isZero();
        assertThat(oracle.repeatable(between, Map.of(ITEMS, 2L))).isOne();
    }
}
