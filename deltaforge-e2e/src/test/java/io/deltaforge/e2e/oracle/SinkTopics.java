package io.deltaforge.e2e.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.deltaforge.e2e.workload.WorkloadDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The topics that one sink fills from a {@link WorkloadDatabase}, with the oracle that judges them. For one thread. */
public final class SinkTopics implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SinkTopics.class);
    private static final int PARTITIONS = 3;
    private static final Duration STALL = Duration.ofMinutes(2);
    private static final Duration FOREVER = Duration.ofHours(1);

    private final String prefix;
    private final DeliveryOracle oracle;
    private final TopicReader reader;

    private SinkTopics(String bootstrapServers, String prefix, DeliveryOracle oracle) {
        this.prefix = prefix;
        this.oracle = oracle;
        this.reader = new TopicReader(bootstrapServers, names(prefix));
    }

    /** Creates the topics {@code PREFIX.item} and {@code PREFIX.ledger}, of several partitions each. */
    public static SinkTopics create(String bootstrapServers, String prefix) {
        return create(bootstrapServers, prefix, new DeliveryOracle());
    }

    /** Creates the same for so many events that the oracle cannot remember where each one lies. */
    public static SinkTopics createForMillions(String bootstrapServers, String prefix) {
        return create(bootstrapServers, prefix, new DeliveryOracle(false));
    }

    private static SinkTopics create(String bootstrapServers, String prefix, DeliveryOracle oracle) {
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers))) {
            admin.createTopics(names(prefix).stream()
                            .map(name -> new NewTopic(name, PARTITIONS, (short) 1))
                            .toList())
                    .all()
                    .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot create the topics of " + prefix, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while creating the topics of " + prefix, e);
        }
        return new SinkTopics(bootstrapServers, prefix, oracle);
    }

    private static List<String> names(String prefix) {
        return List.of(prefix + ".item", prefix + ".ledger");
    }

    /** Returns what has been judged so far. */
    public DeliveryOracle oracle() {
        return oracle;
    }

    /** Returns where the partitions end now. */
    public Map<TopicPartition, Long> ends() {
        return reader.ends();
    }

    /** Returns how many records there are now. */
    public long records() {
        return ends().values().stream().mapToLong(Long::longValue).sum();
    }

    /** Blocks until there are at least so many records. */
    public void awaitRecords(long count) {
        await().atMost(STALL.multipliedBy(2))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> records() >= count);
    }

    /**
     * Blocks until every transaction that is committed now has arrived, its ledger entry at least. How long that takes is
     * the machine's affair: it fails when something is wrong already, or when nothing more comes.
     */
    public void awaitEverythingOf(WorkloadDatabase database) {
        Set<Long> committed = database.ledger().keySet();
        AtomicLong lastArrival = new AtomicLong(System.nanoTime());
        await().atMost(FOREVER)
                .pollInterval(Duration.ofMillis(100))
                .failFast(
                        "nothing more has come for " + STALL,
                        () -> System.nanoTime() - lastArrival.get() > STALL.toNanos())
                .until(() -> {
                    if (reader.read(oracle::add) > 0) {
                        lastArrival.set(System.nanoTime());
                    }
                    assertThat(oracle.problems()).as("topics %s", prefix).isEmpty();
                    return oracle.holds(committed);
                });
    }

    /** Checks that what is there so far is in order, whatever is missing behind it. */
    public void assertInOrder(String run) {
        reader.read(oracle::add);
        assertThat(oracle.problems()).as("topics %s, %s", prefix, run).isEmpty();
    }

    /** Checks that the topics hold what a database at rest holds, and nothing else. */
    public void assertHold(WorkloadDatabase database, String run) {
        reader.read(oracle::add);
        LOG.info(
                "{}, {}: {} records, {} events, {} duplicates",
                run,
                prefix,
                oracle.records(),
                oracle.distinct(),
                oracle.duplicates());
        assertThat(oracle.problems(database.ledger(), database.items()))
                .as("topics %s, %s", prefix, run)
                .isEmpty();
    }

    /** Checks that the topics hold, of every key, some beginning of its history: whatever is missing, all that follows is too. */
    public void assertHoldBeginning() {
        reader.read(oracle::add);
        assertThat(oracle.records()).as("topics %s", prefix).isPositive();
        assertThat(oracle.problems()).as("topics %s", prefix).isEmpty();
    }

    @Override
    public void close() {
        reader.close();
    }
}
