package io.deltaforge.e2e.oracle;

import io.deltaforge.e2e.workload.Item;
import io.deltaforge.e2e.workload.LedgerEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Judges the topics of one sink. Give it every record, each partition in order, and then what the database holds.
 *
 * <p>It proves: nothing lost and no phantom (every transaction of the ledger, with all its events and their contents, and
 * none else), order per key (versions 1, 2, 3 without a gap), end state (topics folded equal the table), one id per event,
 * and that repeated events are byte-equal and come as rewinds, in their first order. Counts alone prove nothing and are not
 * used. Not thread-safe.
 */
public final class DeliveryOracle {

    private static final int SHOWN = 10;

    /** Where the first copy of an event lies, and where in the source's log it comes from. */
    record Placed(TopicPartition partition, long offset, long commitLsn, long ordinal) {}

    private final Map<TopicPartition, PartitionLog> partitions = new LinkedHashMap<>();
    private final KeyOrder order = new KeyOrder();
    private final Map<String, TransactionSum> transactions = new HashMap<>();
    private final List<Placed> placed = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final boolean placing;
    private long records;

    /** Makes one that can say of a position what lies before it. */
    public DeliveryOracle() {
        this(true);
    }

    /**
     * Makes one.
     *
     * @param placing whether to remember where each event lies, which takes memory for each
     */
    DeliveryOracle(boolean placing) {
        this.placing = placing;
    }

    /** Takes the next record of a partition. */
    public void add(ConsumerRecord<byte[], byte[]> record) {
        records++;
        Delivered event;
        try {
            event = Delivered.parse(record);
        } catch (IllegalArgumentException e) {
            problem(e.getMessage());
            return;
        }
        TopicPartition partition = new TopicPartition(record.topic(), record.partition());
        PartitionLog log = partitions.computeIfAbsent(partition, PartitionLog::new);
        boolean isNew = log.isNew(event);
        log.add(event).ifPresent(this::problem);
        if (isNew) {
            if (placing) {
                placed.add(new Placed(partition, record.offset(), event.commitLsn(), event.ordinal()));
            }
            transactions
                    .computeIfAbsent(event.transaction(), id -> new TransactionSum())
                    .add(event)
                    .ifPresent(this::problem);
            if (event.table().equals("item")) {
                order.add(event).ifPresent(this::problem);
            }
        }
    }

    /** Returns what is wrong so far whatever may still come; empty when nothing is. */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    /** Tells whether the given transactions have arrived, their ledger entries at least. */
    public boolean holds(Set<Long> txids) {
        Set<Long> arrived = new HashSet<>();
        transactions.values().forEach(sum -> sum.txid().ifPresent(arrived::add));
        return arrived.containsAll(txids);
    }

    /**
     * Compares all that was taken with what the database holds at rest.
     *
     * @return what is wrong; empty when nothing is
     */
    public List<String> problems(Map<Long, LedgerEntry> ledger, Map<Long, Item> items) {
        List<String> all = new ArrayList<>(problems);
        Set<Long> arrived = new HashSet<>();
        transactions.forEach((name, sum) -> {
            LedgerEntry committed = sum.txid().map(ledger::get).orElse(null);
            if (committed == null) {
                add(all, "phantom: transaction " + name + " with number " + sum.txid() + " was never committed whole");
            } else {
                arrived.add(committed.txid());
                sum.compare(committed).ifPresent(problem -> add(all, problem));
            }
        });
        ledger.values().stream()
                .filter(entry -> !arrived.contains(entry.txid()))
                .forEach(entry -> add(all, "lost: " + entry));
        if (!order.rows().equals(items)) {
            add(
                    all,
                    "the topics folded give " + order.rows().size() + " rows, the table has " + items.size()
                            + firstDifference(items));
        }
        return all;
    }

    private String firstDifference(Map<Long, Item> items) {
        Set<Long> keys = new HashSet<>(items.keySet());
        keys.addAll(order.rows().keySet());
        return keys.stream()
                .sorted()
                .filter(key -> !Objects.equals(items.get(key), order.rows().get(key)))
                .findFirst()
                .map(key -> "; key " + key + " is " + order.rows().get(key) + " and should be " + items.get(key))
                .orElse("");
    }

    /**
     * Compares a checkpoint, as it was on disk after a kill, with what the topics held then: whatever lies before the
     * position must have been there.
     *
     * @param checkpoint the position
     * @param ends the end of each partition at that time, in offsets; a partition left out was empty
     * @return what is wrong; empty when nothing is
     */
    public List<String> checkpointProblems(Checkpoint checkpoint, Map<TopicPartition, Long> ends) {
        requirePlaces();
        List<String> all = new ArrayList<>();
        for (Placed event : placed) {
            boolean there = event.offset() < ends.getOrDefault(event.partition(), 0L);
            if (!there && checkpoint.covers(event.commitLsn(), event.ordinal())) {
                add(all, "the checkpoint " + checkpoint + " covers " + event + ", which was not there at the kill");
            }
        }
        return all;
    }

    /** Returns how many first copies of events were there at some time and lie behind a position: what may be repeated. */
    public long repeatable(Checkpoint checkpoint, Map<TopicPartition, Long> ends) {
        requirePlaces();
        return placed.stream()
                .filter(event -> event.offset() < ends.getOrDefault(event.partition(), 0L)
                        && !checkpoint.covers(event.commitLsn(), event.ordinal()))
                .count();
    }

    private void requirePlaces() {
        if (!placing) {
            throw new IllegalStateException("this oracle does not remember where events lie");
        }
    }

    /** Returns how many records were repetitions. */
    public long duplicates() {
        return partitions.values().stream().mapToLong(PartitionLog::repeated).sum();
    }

    /** Returns how many records were taken. */
    public long records() {
        return records;
    }

    /** Returns how many different events were taken. */
    public long distinct() {
        return partitions.values().stream().mapToLong(PartitionLog::distinct).sum();
    }

    private void problem(String problem) {
        add(problems, problem);
    }

    private static void add(List<String> list, String problem) {
        if (list.size() < SHOWN) {
            list.add(problem);
        } else if (list.size() == SHOWN) {
            list.add("and more");
        }
    }
}
