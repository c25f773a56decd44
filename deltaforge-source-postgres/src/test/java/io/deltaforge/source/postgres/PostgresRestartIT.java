package io.deltaforge.source.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.source.Attachment;
import io.deltaforge.sandbox.PostgresServer;
import io.deltaforge.source.postgres.position.PostgresPosition;
import io.deltaforge.testkit.context.SettingsDraft;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.replication.LogSequenceNumber;

/** What becomes of a source that starts again, and of one whose slot is not as it was left: nothing lost, nothing guessed. */
final class PostgresRestartIT {

    private static PostgresServer server;

    private String slot;
    private SettingsDraft settings;
    private static int number;

    @BeforeAll
    static void startServer() {
        server = PostgresServer.builder()
                .setting("wal_sender_timeout", "1s")
                .setting("max_wal_size", "32MB")
                .setting("min_wal_size", "32MB")
                .setting("autovacuum", "off")
                .start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void createTable() {
        slot = "restart_" + ++number;
        settings = Drafts.of("dsn", server.dsn("postgres"), "slot", slot, "tables", List.of("public." + slot));
        server.execute("CREATE TABLE " + slot + " (id int PRIMARY KEY, name text)");
    }

    @AfterEach
    void dropSlot() {
        server.execute(
                "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE active",
                "DO $$ BEGIN PERFORM pg_sleep(0.05); END $$",
                "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active");
    }

    private void insert(int from, int through) {
        server.execute(
                "INSERT INTO " + slot + " SELECT i, 'row ' || i FROM generate_series(" + from + ", " + through + ") i");
    }

    private String created(int id) {
        return "c public." + slot + " +(id=" + id + ",name=row " + id + ")";
    }

    private String ask(String sql) throws SQLException {
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : null;
        }
    }

    private long confirmed() throws SQLException {
        return LogSequenceNumber.valueOf(
                        ask("SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = '" + slot + "'"))
                .asLong();
    }

    private SourceException failureOf(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return catchThrowableOfType(SourceException.class, call);
    }

    @Test
    void shouldHealAFirstStartThatWasCutOffBehindTheSlot() {
        SourcePosition first;
        try (SourceUnderTest cutOff = new SourceUnderTest(settings).open().attach(Attachment.NEW)) {
            first = cutOff.attached();
        }
        insert(1, 1);
        try (SourceUnderTest source = SourceUnderTest.started(settings)) {
            assertThat(source.attached()).isEqualTo(first);
            source.awaitTexts(created(1));
        }
    }

    @Test
    void shouldGoOnBehindTheLastTransactionAndReleaseTheLogUpToThere() throws SQLException {
        SourcePosition end;
        try (SourceUnderTest source = SourceUnderTest.started(settings).releasingCommits()) {
            insert(1, 2);
            source.awaitCommits(1);
            end = source.commits().get(0);
        }
        assertThat(confirmed()).isEqualTo(((PostgresPosition) end).lsn());
        insert(3, 3);
        try (SourceUnderTest source =
                new SourceUnderTest(settings).open().attach(Attachment.KNOWN).run(end)) {
            source.awaitTexts(created(3));
        }
    }

    @Test
    void shouldGoOnInsideATransaction() {
        List<SourceUnderTest.Seen> all;
        SourcePosition start;
        try (SourceUnderTest source = SourceUnderTest.started(settings)) {
            start = source.attached();
            insert(1, 5);
            source.awaitCommits(1);
            all = List.copyOf(source.events());
        }
        for (int last = 0; last < 5; last++) {
            try (SourceUnderTest source = new SourceUnderTest(settings)
                    .open()
                    .attach(Attachment.KNOWN)
                    .run(all.get(last).position())) {
                source.awaitCommits(1);
                assertThat(source.events()).isEqualTo(all.subList(last + 1, 5));
                assertThat(source.source().positions().covers(all.get(last).position(), start))
                        .isTrue();
            }
        }
    }

    @Test
    void shouldHaltWhenTheTransactionItIsInsideOfDiffers() {
        SourcePosition inside;
        server.execute("CREATE PUBLICATION " + slot + " FOR TABLE " + slot);
        try (SourceUnderTest source = SourceUnderTest.started(settings)) {
            insert(1, 5);
            source.awaitCommits(1);
            inside = source.events().get(2).position();
        }
        server.execute("CREATE TABLE other_" + slot + " (id int)");
        PostgresPosition forged = PostgresPosition.inside(
                ((PostgresPosition) inside).timeline(), ((PostgresPosition) inside).lsn(), 2, 0x1234567812345671L);
        PostgresPosition beyond =
                PostgresPosition.inside(forged.timeline(), forged.lsn(), 7, ((PostgresPosition) inside).digest());
        for (PostgresPosition wrong : List.of(forged, beyond)) {
            try (SourceUnderTest source = new SourceUnderTest(settings)
                    .open()
                    .attach(Attachment.KNOWN)
                    .run(wrong)) {
                SourceException failure = source.awaitFailure();
                assertThat(failure.kind()).isEqualTo(ErrorKind.HELD);
                assertThat(failure.reason()).isEqualTo("TRANSACTION_DIFFERS");
                assertThat(failure).hasMessageContaining("differs from what was delivered");
                assertThat(source.events()).isEmpty();
            }
        }
    }

    @Test
    void shouldHaltWhenAKnownSlotIsMissing() {
        try (SourceUnderTest source = new SourceUnderTest(settings).open()) {
            SourceException failure = failureOf(() -> source.attach(Attachment.KNOWN));
            assertThat(failure.kind()).isEqualTo(ErrorKind.HELD);
            assertThat(failure.reason()).isEqualTo("SLOT_MISSING");
            assertThat(failure).hasMessageContaining(slot);
            assertThat(failure.remedy()).isPresent();
        }
    }

    @Test
    void shouldHaltWhenSomebodyElseMovedTheSlot() throws SQLException {
        SourcePosition start;
        try (SourceUnderTest source = new SourceUnderTest(settings).open().attach(Attachment.NEW)) {
            start = source.attached();
        }
        insert(1, 3);
        String moved = ask("SELECT end_lsn FROM pg_replication_slot_advance('" + slot + "', pg_current_wal_lsn())");
        try (SourceUnderTest source =
                new SourceUnderTest(settings).open().attach(Attachment.KNOWN).run(start)) {
            SourceException failure = source.awaitFailure();
            assertThat(failure.kind()).isEqualTo(ErrorKind.HELD);
            assertThat(failure.reason()).isEqualTo("SLOT_AHEAD");
            assertThat(failure).hasMessageContaining(moved).hasMessageContaining(start.toString());
            assertThat(source.source().positions().covers(start, source.attached()))
                    .isFalse();
        }
    }

    @Test
    void shouldHaltWhenTheServerHasLostLogThatTheSinksHave() {
        try (SourceUnderTest source = new SourceUnderTest(settings).open().attach(Attachment.NEW)) {
            source.run(PostgresPosition.boundary(1, 0x7FFF_0000_0000L));
            SourceException failure = source.awaitFailure();
            assertThat(failure.kind()).isEqualTo(ErrorKind.HELD);
            assertThat(failure.reason()).isEqualTo("LOG_BEHIND");
        }
    }

    @Test
    void shouldHaltWhenTheSlotHasLostItsLog() throws SQLException {
        try (SourceUnderTest source = new SourceUnderTest(settings).open().attach(Attachment.NEW)) {
            assertThat(source.attached()).isNotNull();
        }
        server.execute("ALTER SYSTEM SET max_slot_wal_keep_size = '1MB'", "SELECT pg_reload_conf()");
        try {
            for (int i = 0; i < 10 && !"lost".equals(walStatus()); i++) {
                server.execute(
                        "SELECT pg_switch_wal()",
                        "CREATE TABLE IF NOT EXISTS filler (t text)",
                        "INSERT INTO filler SELECT repeat('x', 1000) FROM generate_series(1, 20000)",
                        "CHECKPOINT");
            }
            assertThat(walStatus()).isEqualTo("lost");
            for (Attachment attachment : Attachment.values()) {
                try (SourceUnderTest source = new SourceUnderTest(settings).open()) {
                    SourceException failure = failureOf(() -> source.attach(attachment));
                    assertThat(failure.kind()).isEqualTo(ErrorKind.HELD);
                    assertThat(failure.reason()).isEqualTo("SLOT_INVALIDATED");
                    assertThat(failure).hasMessageContaining("wal_removed");
                    assertThat(failure.remedy().orElseThrow()).contains("pg_drop_replication_slot('" + slot + "')");
                }
            }
        } finally {
            server.execute("ALTER SYSTEM RESET max_slot_wal_keep_size", "SELECT pg_reload_conf()");
        }
    }

    private String walStatus() throws SQLException {
        return ask("SELECT wal_status FROM pg_replication_slots WHERE slot_name = '" + slot + "'");
    }

    @Test
    void shouldStandByWhileAnotherInstanceOwnsTheSlot() {
        try (SourceUnderTest first = SourceUnderTest.started(settings);
                SourceUnderTest second = new SourceUnderTest(settings)) {
            SourceException failure = failureOf(second::open);
            assertThat(failure.kind()).isEqualTo(ErrorKind.STANDBY);
            insert(1, 1);
            first.awaitTexts(created(1));
        }
    }

    @Test
    void shouldStayConnectedWhileThereIsNoRoomForLongerThanTheServersTimeout() throws SQLException {
        try (SourceUnderTest source = SourceUnderTest.started(settings)) {
            insert(1, 1);
            source.awaitEvents(1);
            String sender = ask("SELECT active_pid FROM pg_replication_slots WHERE slot_name = '" + slot + "'");
            source.setRoom(false);
            insert(2, 20_000);
            pause(2500);
            assertThat(source.failure()).isNull();
            assertThat(source.events()).hasSize(1);
            source.setRoom(true);
            source.awaitEvents(20_000);
            assertThat(ask("SELECT active_pid FROM pg_replication_slots WHERE slot_name = '" + slot + "'"))
                    .isEqualTo(sender);
        }
    }

    /**
     * The driver's automatic flush would confirm the transaction "unsaved" here: the rows of the long transaction lie early in
     * the log, before what is released, and a keep-alive comes between them.
     */
    @Test
    void shouldNotConfirmATransactionThatWasReceivedAndNotReleased() throws SQLException {
        PostgresPosition released;
        try (SourceUnderTest source = SourceUnderTest.started(settings).releasingCommits();
                Connection slow = server.connect("postgres");
                Statement statement = slow.createStatement()) {
            slow.setAutoCommit(false);
            statement.execute(
                    "INSERT INTO " + slot + " SELECT i, repeat('x', 8000) FROM generate_series(1001, 3500) i");
            insert(1, 1);
            source.awaitCommits(1);
            source.holdReleases();
            released = (PostgresPosition) source.commits().get(0);
            long upTo = released.lsn();
            await().until(() -> confirmed() == upTo);
            server.execute("INSERT INTO " + slot + " VALUES (2, 'unsaved')");
            source.awaitCommits(2);
            source.setRoom(false);
            slow.commit();
            pause(1000);
            source.setRoom(true);
            source.awaitCommits(3);
            pause(700);
            assertThat(confirmed()).isEqualTo(upTo);
        }
        try (SourceUnderTest again =
                new SourceUnderTest(settings).open().attach(Attachment.KNOWN).run(released)) {
            again.awaitCommits(2);
            assertThat(again.texts()).hasSize(2501).first().isEqualTo("c public." + slot + " +(id=2,name=unsaved)");
        }
    }

    private static void pause(long millis) {
        long until = System.nanoTime() + Duration.ofMillis(millis).toNanos();
        await().pollInterval(Duration.ofMillis(20)).until(() -> System.nanoTime() - until > 0);
    }

    @Test
    void shouldAdvanceOnAnIdleDatabaseOfABusyServer() {
        server.createDatabase("busy_" + slot);
        try (SourceUnderTest source = SourceUnderTest.started(settings)) {
            PostgresPosition start = (PostgresPosition) source.attached();
            server.executeIn("busy_" + slot, "CREATE TABLE t AS SELECT generate_series(1, 1000) i", "CHECKPOINT");
            await().untilAsserted(() -> assertThat(source.logEnd()).isNotNull());
            await().untilAsserted(() ->
                    assertThat(((PostgresPosition) source.logEnd()).lsn()).isGreaterThan(start.lsn()));
            assertThat(source.events()).isEmpty();
        }
    }

    @Test
    void shouldReportALostServerAsPassingAndGoOnWhenItIsBack() {
        SourcePosition end;
        try (SourceUnderTest source = SourceUnderTest.started(settings)) {
            insert(1, 1);
            source.awaitCommits(1);
            end = source.commits().get(0);
            server.kill();
            assertThat(source.awaitFailure().kind()).isEqualTo(ErrorKind.RETRIABLE);
            try (SourceUnderTest down = new SourceUnderTest(settings)) {
                assertThat(failureOf(down::open).kind()).isEqualTo(ErrorKind.RETRIABLE);
            }
            server.restart();
        }
        insert(2, 2);
        try (SourceUnderTest source =
                new SourceUnderTest(settings).open().attach(Attachment.KNOWN).run(end)) {
            source.awaitTexts(created(2));
        }
    }
}
