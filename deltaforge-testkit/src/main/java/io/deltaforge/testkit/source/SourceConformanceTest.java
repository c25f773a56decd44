package io.deltaforge.testkit.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import io.deltaforge.api.event.EventId;
import io.deltaforge.api.event.Operation;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.source.Attachment;
import io.deltaforge.api.source.PositionOrder;
import io.deltaforge.api.source.SourceFactory;
import io.deltaforge.testkit.check.FactoryRules;
import io.deltaforge.testkit.check.Witness;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * What every source must do. Extend it, say how to make changes in the database, and run it. The log that is read is
 * random; its seed is printed and taken from the system property {@code deltaforge.seed}.
 *
 * <ol>
 *   <li>{@link #reset} gives two empty tables, {@link #TABLES}, and a database in which nothing holds the log for the
 *       pipeline.
 *   <li>{@link #factory} and {@link #settings} make sources that capture these tables and no others; the class must be
 *       registered for {@link java.util.ServiceLoader}.
 *   <li>{@link #commit} and {@link #commitUncaptured} make changes.
 *   <li>{@link #loseLog} takes away what holds the log.
 *   <li>{@link #capabilities} says what else can be tested.
 * </ol>
 */
public abstract class SourceConformanceTest extends SourceRig {

    /** The two tables that are captured: {@code (id bigint primary key, note text)}. */
    public static final List<String> TABLES = List.of("conformance_a", "conformance_b");

    @Test
    void shouldDescribeItselfAndEverySetting() {
        FactoryRules.assertDescribed(factory().type(), factory().config(), Set.of("id", "type"));
    }

    @Test
    void shouldBeFoundByTheServiceLoader() {
        FactoryRules.assertRegistered(SourceFactory.class, factory());
    }

    @Test
    void shouldNameTheKeyOfAWrongSetting() {
        FactoryRules.assertNamesTheWrongKey(factory().config(), settings(), wrongSettings(), wrong -> factory()
                .create(wrong, context));
    }

    @Test
    void shouldHandOverEveryChangeInOrderAndOnce() throws Exception {
        SourcePosition start = attachAsNew();
        List<RowChange> changes = new ArrayList<>(writer.commitMany(30));
        writeSentinel();
        List<Recording.Taken> events = readFrom(start).events();
        assertThat(events).hasSize(changes.size() + 1);
        for (int i = 0; i < changes.size(); i++) {
            assertIsChange(events.get(i).event(), changes.get(i));
        }
        Set<UUID> ids = new HashSet<>();
        assertThat(events).as("events with an id of their own").allMatch(taken -> ids.add(EventId.of(taken.event())));
    }

    @Test
    void shouldGiveExactlyTheSuffixFromEveryPosition() throws Exception {
        SourcePosition start = attachAsNew();
        writer.commitMany(12);
        writeSentinel();
        assertSuffixFromEveryPosition(start, readFrom(start));
    }

    @Test
    void shouldGiveTheSuffixInsideALargeTransaction() throws Exception {
        SourcePosition start = attachAsNew();
        int rows = 3_000;
        List<RowChange> changes = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            changes.add(RowChange.create(TABLES.get(row % 2), 10_000L + row, "row " + row));
        }
        writer.commit(changes);
        writeSentinel();
        Recording full = readFrom(start);
        assertThat(full.events()).hasSize(rows + 1);
        for (int cut : new int[] {0, 1, rows / 2, rows - 2, rows - 1}) {
            assertSuffix(full, cut + 1, full.events().get(cut).position());
        }
    }

    @Test
    void shouldGivePositionsThatObeyTheLawsOfAnOrder() throws Exception {
        SourcePosition start = attachAsNew();
        writer.commitMany(15);
        writeSentinel();
        Recording full = readFrom(start);
        PositionOrder order = newReader().source().positions();
        PositionLaws.assertChain(order, full.chain(start));
        PositionLaws.assertRestart(order, full.chain(start), new Random(seed));
        if (can(SourceCapability.PARTIAL_ORDER)) {
            PositionLaws.assertIncomparable(order, incomparablePositions());
        }
    }

    @Test
    void shouldReadStoredPositionsBackAndRefuseOtherBytes() throws Exception {
        SourcePosition start = attachAsNew();
        writer.commitMany(5);
        writeSentinel();
        PositionOrder order = newReader().source().positions();
        for (SourcePosition position : readFrom(start).chain(start)) {
            SourcePosition read = order.parse(position.toBytes());
            assertThat(read).isEqualTo(position).hasSameHashCodeAs(position).hasToString(position.toString());
            assertThat(read.toBytes()).isEqualTo(position.toBytes());
        }
        byte[] bytes = start.toBytes();
        PositionLaws.assertNotAPosition(order, new byte[0]);
        PositionLaws.assertNotAPosition(order, Arrays.copyOf(bytes, bytes.length - 1));
        PositionLaws.assertNotAPosition(order, "not a position".getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void shouldAttachAsNewAgainAfterAStartThatWasCutOff() throws Exception {
        SourcePosition first = attachAsNew();
        List<RowChange> changes = writer.commitMany(3);
        SourcePosition second = attachAsNew();
        assertThat(newReader().source().positions().covers(first, second))
                .as("whether nothing between the two starts is lost")
                .isTrue();
        writeSentinel();
        assertThat(readFrom(second).events()).hasSizeGreaterThanOrEqualTo(changes.size() + 1);
    }

    @Test
    void shouldHoldWhenTheLogOfAKnownPipelineIsGone() throws Exception {
        attachAsNew();
        loseLog();
        try (Reader reader = openReader()) {
            assertThatThrownBy(() -> reader.attach(Attachment.KNOWN))
                    .isInstanceOfSatisfying(SourceException.class, failure -> {
                        assertThat(failure.kind()).isEqualTo(ErrorKind.HELD);
                        assertThat(failure.remedy()).as("remedy").isPresent();
                    });
        }
    }

    @Test
    void shouldHoldOnAKnownPipelineThatNeverAttached() throws Exception {
        try (Reader reader = openReader()) {
            assertThatThrownBy(() -> reader.attach(Attachment.KNOWN))
                    .isInstanceOfSatisfying(SourceException.class, failure -> assertThat(failure.kind())
                            .isEqualTo(ErrorKind.HELD));
        }
    }

    @Test
    void shouldBeTheSameDatabaseEachTime() throws Exception {
        String id;
        try (Reader first = newReader()) {
            id = first.open().id();
        }
        try (Reader second = newReader()) {
            assertThat(second.open().id()).isEqualTo(id).isNotBlank();
        }
    }

    @Test
    void shouldNeverReleaseWhatIsStillNeeded() throws Exception {
        SourcePosition start = attachAsNew();
        writer.commitMany(8);
        writeSentinel();
        Recording full = readFrom(start);
        int step = Math.max(1, full.events().size() / 8);
        for (int i = 0; i + 1 < full.events().size(); i += step) {
            SourcePosition released = full.events().get(i).position();
            try (Reader reader = openReader()) {
                reader.attach(Attachment.KNOWN);
                reader.start(released);
                reader.await("the sentinel", SourceConformanceTest::endsWithSentinel);
                reader.source().release(released);
                reader.stop();
            }
            assertSuffix(full, i + 1, released);
        }
    }

    @Test
    void shouldReleaseWhatIsNotNeededAnyMore() throws Exception {
        SourcePosition start = attachAsNew();
        writer.commitMany(5);
        writeSentinel();
        SourcePosition firstEnd;
        try (Reader reader = openReader()) {
            reader.attach(Attachment.KNOWN);
            reader.start(start);
            reader.await("the sentinel", SourceConformanceTest::endsWithSentinel);
            List<SourcePosition> ends = reader.recording().ends();
            firstEnd = ends.get(0);
            reader.source().release(ends.get(ends.size() - 1));
            reader.stop();
        }
        try (Reader reader = openReader()) {
            SourcePosition oldest = reader.attach(Attachment.KNOWN);
            assertThat(reader.source().positions().covers(oldest, firstEnd))
                    .as("whether the log before %s was let go; it is there from %s", firstEnd, oldest)
                    .isTrue();
        }
    }

    @Test
    void shouldAdvanceWhileNothingCapturedHappens() throws Exception {
        SourcePosition start = attachAsNew();
        writer.commitMany(1);
        try (Reader reader = openReader()) {
            reader.attach(Attachment.KNOWN);
            reader.start(start);
            reader.await("the first commit", now -> !now.ends().isEmpty());
            PositionOrder order = reader.source().positions();
            SourcePosition before = reader.recording().ends().get(0);
            commitUncaptured();
            reader.await(
                    "news of a log that moved on",
                    now -> order.covers(now.logEnd(), before) && !order.covers(before, now.logEnd()));
            SourcePosition after = reader.recording().logEnd();
            reader.source().release(after);
            reader.stop();
            reader.finish();
            writeSentinel();
            assertThat(readFrom(after).events()).hasSize(1);
        }
    }

    @Test
    void shouldNeitherBlockNorHandOverWhileThereIsNoRoom() throws Exception {
        SourcePosition start = attachAsNew();
        List<RowChange> changes = writer.commitMany(20);
        writeSentinel();
        try (Reader reader = openReader()) {
            reader.attach(Attachment.KNOWN);
            reader.recording().refuse();
            reader.start(start);
            reader.await("three questions for room", now -> now.questions() >= 3);
            assertThat(reader.recording().events()).isEmpty();
            reader.recording().giveRoom();
            reader.await("some events", now -> now.events().size() >= 3);
            reader.recording().refuse();
            int asked = reader.recording().questions();
            reader.await("more questions for room", now -> now.questions() >= asked + 3);
            reader.recording().giveRoom();
            reader.await("the sentinel", SourceConformanceTest::endsWithSentinel);
            reader.stop();
            assertThat(reader.recording().complaints()).isEmpty();
            assertThat(reader.recording().events()).hasSize(changes.size() + 1);
        }
    }

    @Test
    void shouldStopSoonWhetherIdleOrWithoutRoom() throws Exception {
        SourcePosition start = attachAsNew();
        writer.commitMany(3);
        try (Reader idle = openReader()) {
            idle.attach(Attachment.KNOWN);
            idle.start(start);
            idle.await("three commits", now -> now.ends().size() >= 3);
            idle.stop();
        }
        try (Reader full = openReader()) {
            full.attach(Attachment.KNOWN);
            full.recording().refuse();
            full.start(start);
            full.await("a question for room", now -> now.questions() >= 1);
            full.stop();
            assertThat(full.recording().events()).isEmpty();
        }
    }

    @Test
    void shouldCloseTwiceAndWithoutHavingBeenOpen() throws Exception {
        Reader never = newReader();
        never.source().close();
        never.source().close();
        Reader opened = openReader();
        opened.attach(Attachment.NEW);
        opened.close();
        opened.source().close();
    }

    @Test
    void shouldLeaveNoThreadBehind() throws Exception {
        SourcePosition start = attachAsNew();
        writeSentinel();
        readFrom(start);
        witness.assertNoThreadLeft(this::mayOutlive);
    }

    @Test
    void shouldShowNoSecret() throws Exception {
        witness.listenClosely();
        List<String> shown = new ArrayList<>(List.of(factory().toString()));
        SourcePosition start = attachAsNew();
        writeSentinel();
        try (Reader reader = newReader()) {
            shown.add(reader.open().toString());
        }
        readFrom(start);
        loseLog();
        try (Reader reader = openReader()) {
            shown.add(reader.source().toString());
            reader.attach(Attachment.KNOWN);
        } catch (SourceException e) {
            shown.add(Witness.textOf(e));
        }
        for (String secret : FactoryRules.secrets(factory().config(), settings())) {
            assertThat(shown).noneMatch(text -> text.contains(secret));
            witness.assertNotLogged(secret);
        }
    }

    @Test
    void shouldLetOnlyOneInstanceRead() throws Exception {
        assumeTrue(can(SourceCapability.OWNERSHIP), "OWNERSHIP is not declared");
        SourcePosition start = attachAsNew();
        writeSentinel();
        try (Reader owner = openReader()) {
            owner.attach(Attachment.KNOWN);
            owner.start(start);
            owner.await("the sentinel", SourceConformanceTest::endsWithSentinel);
            try (Reader second = newReader()) {
                assertThat(failureOfAStart(second, start).kind()).isEqualTo(ErrorKind.STANDBY);
                assertThat(second.recording().events()).isEmpty();
            }
            owner.stop();
        }
        assertThat(readFrom(start).events()).hasSize(1);
    }

    private static SourceException failureOfAStart(Reader reader, SourcePosition from) throws Exception {
        try {
            reader.open();
            reader.attach(Attachment.KNOWN);
            reader.start(from);
            Throwable failure = reader.awaitFailure();
            assertThat(failure).isInstanceOf(SourceException.class);
            return (SourceException) failure;
        } catch (SourceException e) {
            return e;
        }
    }

    @Test
    void shouldResumeBehindACutConnection() throws Exception {
        assumeTrue(can(SourceCapability.FAULTS), "FAULTS is not declared");
        SourcePosition start = attachAsNew();
        writer.commitMany(6);
        Recording before;
        try (Reader reader = openReader()) {
            reader.attach(Attachment.KNOWN);
            reader.start(start);
            reader.await("six commits", now -> now.ends().size() >= 6);
            cutConnections();
            assertThat(reader.awaitFailure())
                    .isInstanceOfSatisfying(SourceException.class, failure -> assertThat(failure.kind())
                            .isEqualTo(ErrorKind.RETRIABLE));
            before = reader.recording();
        }
        writer.commitMany(3);
        writeSentinel();
        Recording full = readFrom(start);
        int read = before.events().size();
        assertThat(full.texts().subList(0, read)).isEqualTo(before.texts());
        assertSuffix(full, read, before.events().get(read - 1).position());
    }

    @Test
    void shouldReadASnapshotOnlyWhereDeclared() throws Exception {
        Map<String, String> rows = new LinkedHashMap<>();
        writer.commitMany(10);
        rows.putAll(writer.rows());
        SourcePosition start = attachAsNew();
        writer.commitMany(5);
        writeSentinel();
        Recording full = readFrom(start);
        Map<String, String> read = new LinkedHashMap<>();
        Map<String, String> folded = new LinkedHashMap<>();
        for (Recording.Taken taken : full.events()) {
            String row = LogWriter.rowOf(taken.event());
            if (taken.event().operation() == Operation.READ) {
                assertThat(read.put(row, LogWriter.noteOf(taken.event())))
                        .as("second read of %s", row)
                        .isNull();
            }
            if (taken.event().after() == null) {
                folded.remove(row);
            } else {
                folded.put(row, LogWriter.noteOf(taken.event()));
            }
        }
        if (can(SourceCapability.SNAPSHOT)) {
            assertThat(read).as("rows of the snapshot").isEqualTo(rows);
            assertThat(folded).as("snapshot and changes, folded").isEqualTo(writer.rows());
            assertSuffixFromEveryPosition(start, full);
            PositionLaws.assertChain(newReader().source().positions(), full.chain(start));
        } else {
            assertThat(read).as("rows that were read").isEmpty();
        }
    }
}
