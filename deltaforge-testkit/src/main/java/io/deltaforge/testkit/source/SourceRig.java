package io.deltaforge.testkit.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaforge.api.config.Settings;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.Operation;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.source.Attachment;
import io.deltaforge.api.source.Source;
import io.deltaforge.api.source.SourceFactory;
import io.deltaforge.testkit.check.Witness;
import io.deltaforge.testkit.context.TestSettings;
import io.deltaforge.testkit.context.TestSourceContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;

/** What the author of a source supplies, and what the suite makes of it. */
abstract class SourceRig {

    static final String SENTINEL = "the last change of the log";

    final long seed = Long.getLong("deltaforge.seed", new Random().nextLong());
    final LogWriter writer = new LogWriter(new Random(seed), this::commit, this::commitUncaptured);
    final List<Reader> readers = new ArrayList<>();
    TestSourceContext context;
    Witness witness;

    /**
     * Makes both tables empty, new if need be, and lets go of the log. Called before each test.
     *
     * @throws Exception when that fails, which fails the test
     */
    protected abstract void reset() throws Exception;

    /**
     * Returns the factory under test.
     *
     * @return the factory
     */
    protected abstract SourceFactory factory();

    /**
     * Returns settings that capture {@link SourceConformanceTest#TABLES}, secrets included.
     *
     * @return values by key
     */
    protected abstract Map<String, Object> settings();

    /**
     * Commits changes in one transaction.
     *
     * @param changes the changes, in order; none changes a key
     * @throws Exception when that fails, which fails the test
     */
    protected abstract void commit(List<RowChange> changes) throws Exception;

    /**
     * Commits a transaction that the source does not hand over, such as one in another table.
     *
     * @throws Exception when that fails, which fails the test
     */
    protected abstract void commitUncaptured() throws Exception;

    /**
     * Takes away what holds the log for the pipeline (PostgreSQL: drops the slot).
     *
     * @throws Exception when that fails, which fails the test
     */
    protected abstract void loseLog() throws Exception;

    /**
     * Returns what the source and this test can do.
     *
     * @return the capabilities; none by default
     */
    protected Set<SourceCapability> capabilities() {
        return Set.of();
    }

    /**
     * Returns settings that the factory must refuse although each fits the spec by itself.
     *
     * @return by the key that the error must name, whole settings; none by default
     */
    protected Map<String, Map<String, Object>> wrongSettings() {
        return Map.of();
    }

    /**
     * Cuts the connection of every running source. To be overridden with {@link SourceCapability#FAULTS}.
     *
     * @throws Exception when that fails, which fails the test
     */
    protected void cutConnections() throws Exception {
        throw new UnsupportedOperationException("override cutConnections() to declare FAULTS");
    }

    /**
     * Returns two positions neither of which covers the other. To be overridden with
     * {@link SourceCapability#PARTIAL_ORDER}.
     *
     * @return two positions
     */
    protected List<SourcePosition> incomparablePositions() {
        throw new UnsupportedOperationException("override incomparablePositions() to declare PARTIAL_ORDER");
    }

    /**
     * Says whether a thread is no business of the source, such as one a driver starts once per JVM.
     *
     * @param thread a thread that came during the test
     * @return whether it may stay; false by default
     */
    protected boolean mayOutlive(Thread thread) {
        return false;
    }

    /**
     * Returns how long any single step may take.
     *
     * @return 30 seconds by default
     */
    protected Duration limit() {
        return Duration.ofSeconds(30);
    }

    @BeforeEach
    final void beginWithAnEmptyLog(TestInfo test) throws Exception {
        System.out.println(test.getDisplayName() + ": -Ddeltaforge.seed=" + seed);
        reset();
        context = new TestSourceContext("conformance");
        witness = new Witness(limit());
    }

    @AfterEach
    final void closeAllSources() {
        try {
            readers.forEach(Reader::close);
        } finally {
            witness.close();
        }
    }

    boolean can(SourceCapability capability) {
        return capabilities().contains(capability);
    }

    Settings checkedSettings() {
        return TestSettings.of(factory().config(), settings());
    }

    Reader newReader() {
        Source source = factory().create(checkedSettings(), context);
        Reader reader = new Reader(source, limit());
        readers.add(reader);
        return reader;
    }

    Reader openReader() throws Exception {
        Reader reader = newReader();
        reader.open();
        return reader;
    }

    SourcePosition attachAsNew() throws Exception {
        try (Reader reader = openReader()) {
            return reader.attach(Attachment.NEW);
        }
    }

    void writeSentinel() throws Exception {
        writer.commit(List.of(RowChange.create(SourceConformanceTest.TABLES.get(0), Long.MAX_VALUE, SENTINEL)));
    }

    static boolean isSentinel(ChangeEvent event) {
        return event.after() != null && SENTINEL.equals(event.after().value(1));
    }

    static boolean endsWithSentinel(Recording recording) {
        List<Recording.Taken> events = recording.events();
        return !events.isEmpty()
                && isSentinel(events.get(events.size() - 1).event())
                && recording.isBetweenTransactions();
    }

    /** Reads from a position up to the sentinel, with a source of its own. */
    Recording readFrom(SourcePosition from) throws Exception {
        try (Reader reader = openReader()) {
            SourcePosition oldest = reader.attach(Attachment.KNOWN);
            assertThat(reader.source().positions().covers(from, oldest))
                    .as("whether the log is still there from %s, being there from %s", from, oldest)
                    .isTrue();
            reader.start(from);
            reader.await("the sentinel", SourceConformanceTest::endsWithSentinel);
            reader.stop();
            assertThat(reader.recording().complaints()).isEmpty();
            return reader.recording();
        }
    }

    /** Asserts that reading from every position gives what is behind it, whatever was read before. */
    void assertSuffixFromEveryPosition(SourcePosition start, Recording full) throws Exception {
        assertSuffix(full, 0, start);
        for (int i = 0; i + 1 < full.events().size(); i++) {
            assertSuffix(full, i + 1, full.events().get(i).position());
        }
        for (int i = 0; i + 1 < full.ends().size(); i++) {
            assertSuffix(full, full.eventsUpTo(i), full.ends().get(i));
        }
    }

    void assertSuffix(Recording full, int next, SourcePosition from) throws Exception {
        Recording suffix = readFrom(from);
        assertThat(suffix.texts())
                .as(
                        "events from %s, behind event %d of %d",
                        from, next, full.events().size())
                .isEqualTo(full.texts().subList(next, full.texts().size()));
        assertThat(suffix.ends())
                .as("ends of transactions from %s", from)
                .isEqualTo(full.ends()
                        .subList(full.firstEndBehind(next), full.ends().size()));
    }

    static void assertIsChange(ChangeEvent event, RowChange change) {
        assertThat(event.operation()).as("operation of %s", event).isEqualTo(change.operation());
        assertThat(event.table().table()).as("table of %s", event).isEqualTo(change.table());
        assertThat(event.identity().orElseThrow().value(0))
                .as("key of %s", event)
                .isEqualTo(change.id());
        if (change.operation() == Operation.DELETE) {
            assertThat(event.after()).as("row after %s", event).isNull();
        } else {
            assertThat(event.after().value(1)).as("note of %s", event).isEqualTo(change.note());
        }
    }
}
