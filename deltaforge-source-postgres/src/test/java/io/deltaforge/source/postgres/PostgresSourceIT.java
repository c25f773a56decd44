package io.deltaforge.source.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import io.deltaforge.api.source.Attachment;
import io.deltaforge.sandbox.PostgresServer;
import io.deltaforge.sandbox.Sandbox;
import io.deltaforge.testkit.context.SettingsDraft;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is read from a real server: every kind of change, in the database's order, with ids that never change. */
final class PostgresSourceIT {

    private final PostgresServer server = Sandbox.postgres();
    private String database;
    private SettingsDraft settings;

    @BeforeEach
    void createDatabase() {
        database = Sandbox.createDatabase("read");
        settings = Drafts.of("dsn", server.dsn(database), "slot", database);
        sql("CREATE TABLE item (id int PRIMARY KEY, name text)");
    }

    private void sql(String... statements) {
        server.executeIn(database, statements);
    }

    @AfterEach
    void dropSlots() {
        await().ignoreExceptions()
                .untilAsserted(() -> server.execute("SELECT pg_drop_replication_slot(slot_name)"
                        + " FROM pg_replication_slots WHERE database = '" + database + "'"));
    }

    @Test
    void shouldHandOverInsertsUpdatesAndDeletesInOrder() {
        try (SourceUnderTest source = SourceUnderTest.started(settings)) {
            sql(
                    "INSERT INTO item VALUES (1, 'a'), (2, 'b')",
                    "UPDATE item SET name = 'c' WHERE id = 1",
                    "DELETE FROM item WHERE id = 2");
            source.awaitTexts(
                    "c public.item +(id=1,name=a)",
                    "c public.item +(id=2,name=b)",
                    "u public.item +(id=1,name=c)",
                    "d public.item -(id=2)");
            assertThat(source.events())
                    .extracting(SourceUnderTest.Seen::ordinal)
                    .containsExactly(0L, 1L, 0L, 0L);
            source.awaitCommits(3);
        }
    }

    @Test
    void shouldTellAChangedKeyAsDeleteAndCreateOfOneChange() {
        sql("INSERT INTO item VALUES (1, 'a')");
        try (SourceUnderTest source = SourceUnderTest.started(settings)) {
            sql("UPDATE item SET id = 5 WHERE id = 1");
            source.awaitTexts("d public.item -(id=1)", "c public.item +(id=5,name=a)");
            assertThat(source.events())
                    .extracting(SourceUnderTest.Seen::ordinal)
                    .containsExactly(0L, 0L);
            assertThat(source.events()).extracting(SourceUnderTest.Seen::id).doesNotHaveDuplicates();
        }
    }

    @Test
    void shouldKnowEveryReplicaIdentity() {
        sql(
                "CREATE TABLE whole (id int PRIMARY KEY, a text, b text)",
                "ALTER TABLE whole REPLICA IDENTITY FULL",
                "CREATE TABLE indexed (id int PRIMARY KEY, code int NOT NULL, a text)",
                "CREATE UNIQUE INDEX code_of_indexed ON indexed (code)",
                "ALTER TABLE indexed REPLICA IDENTITY USING INDEX code_of_indexed",
                "CREATE TABLE nothing (id int, a text)");
        try (SourceUnderTest source = SourceUnderTest.started(settings)) {
            sql(
                    "INSERT INTO whole VALUES (1, 'x', 'y')",
                    "UPDATE whole SET a = 'z'",
                    "DELETE FROM whole",
                    "INSERT INTO indexed VALUES (1, 10, 'x')",
                    "DELETE FROM indexed",
                    "INSERT INTO nothing VALUES (1, 'x')");
            source.awaitTexts(
                    "c public.whole +(id=1,a=x,b=y)",
                    "u public.whole -(id=1,a=x,b=y) +(id=1,a=z,b=y)",
                    "d public.whole -(id=1,a=z,b=y)",
                    "c public.indexed +(id=1,code=10,a=x)",
                    "d public.indexed -(code=10)",
                    "c public.nothing +(id=1,a=x)");
        }
    }

    @Test
    void shouldGiveEveryTruncatedTableAnEventAndAnOrdinal() {
        sql("CREATE TABLE other (id int PRIMARY KEY)", "CREATE TABLE third (id int PRIMARY KEY)");
        settings.set("tables", List.of("public.item", "public.third", "public.none*"))
                .set("create_publication", "false");
        sql("CREATE PUBLICATION " + database + " FOR ALL TABLES");
        try (SourceUnderTest source = SourceUnderTest.started(settings)) {
            sql("BEGIN; INSERT INTO other VALUES (1); TRUNCATE item, other, third; INSERT INTO item VALUES (1,"
                    + " 'a'); COMMIT");
            source.awaitTexts("t public.item", "t public.third", "c public.item +(id=1,name=a)");
            assertThat(source.events())
                    .extracting(SourceUnderTest.Seen::ordinal)
                    .containsExactly(1L, 3L, 4L);
        }
    }

    @Test
    void shouldFollowDdlInsideATransaction() {
        try (SourceUnderTest source = SourceUnderTest.started(settings)) {
            sql("BEGIN; INSERT INTO item VALUES (1, 'a'); ALTER TABLE item ADD price numeric DEFAULT 7;"
                    + " INSERT INTO item VALUES (2, 'b', 1.50); ALTER TABLE item DROP name;"
                    + " INSERT INTO item VALUES (3, 2.5); COMMIT");
            source.awaitTexts(
                    "c public.item +(id=1,name=a)",
                    "c public.item +(id=2,name=b,price=1.50)",
                    "c public.item +(id=3,price=2.5)");
            assertThat(source.events())
                    .extracting(SourceUnderTest.Seen::transaction)
                    .hasSize(3)
                    .doesNotContainNull();
        }
    }

    @Test
    void shouldLeaveOutWhatWasRolledBackAndWhatIsNoRow() {
        try (SourceUnderTest source = SourceUnderTest.started(settings)) {
            sql(
                    "BEGIN; INSERT INTO item VALUES (1, 'a'); SAVEPOINT s; INSERT INTO item VALUES (2, 'b'); ROLLBACK"
                            + " TO s; SAVEPOINT t; INSERT INTO item VALUES (3, 'c'); RELEASE t; COMMIT",
                    "BEGIN; INSERT INTO item VALUES (4, 'd'); ROLLBACK",
                    "SELECT pg_logical_emit_message(true, 'x', 'y'), pg_logical_emit_message(false, 'x', 'y')",
                    "INSERT INTO item VALUES (5, 'e')");
            source.awaitTexts(
                    "c public.item +(id=1,name=a)", "c public.item +(id=3,name=c)", "c public.item +(id=5,name=e)");
        }
    }

    @Test
    void shouldOrderInterleavedTransactionsByTheirCommits() throws SQLException {
        try (SourceUnderTest source = SourceUnderTest.started(settings);
                Connection first = server.connect(database);
                Connection second = server.connect(database);
                Statement one = first.createStatement();
                Statement two = second.createStatement()) {
            first.setAutoCommit(false);
            second.setAutoCommit(false);
            one.execute("INSERT INTO item VALUES (1, 'first')");
            two.execute("INSERT INTO item VALUES (2, 'second')");
            one.execute("INSERT INTO item VALUES (3, 'first')");
            second.commit();
            first.commit();
            source.awaitTexts(
                    "c public.item +(id=2,name=second)",
                    "c public.item +(id=1,name=first)",
                    "c public.item +(id=3,name=first)");
        }
    }

    @Test
    void shouldReadPartitionsUnderTheNameThatThePublicationSays() {
        sql(
                "CREATE TABLE part (id int, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at)",
                "CREATE TABLE part_2025 PARTITION OF part FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')",
                "CREATE PUBLICATION leaves FOR TABLE part WITH (publish_via_partition_root = false)");
        settings.set("tables", List.of("public.part"));
        SettingsDraft leaves = Drafts.of(
                "dsn",
                server.dsn(database),
                "slot",
                database + "_leaves",
                "publication",
                "leaves",
                "tables",
                List.of("public.part%"));
        try (SourceUnderTest root = SourceUnderTest.started(settings);
                SourceUnderTest leaf = SourceUnderTest.started(leaves)) {
            sql("INSERT INTO part VALUES (1, '2025-02-03')");
            root.awaitTexts("c public.part +(id=1,at=2025-02-03)");
            leaf.awaitTexts("c public.part_2025 +(id=1,at=2025-02-03)");
        }
    }

    @Test
    void shouldReadNamesThatNeedQuotes() {
        sql(
                "CREATE SCHEMA \"Größe.x\"",
                "CREATE TABLE \"Größe.x\".\"Ta\"\"ble %\" (\"Id\" int PRIMARY KEY, \"naïve 名\" text)",
                "CREATE TABLE \"Größe.x\".\"Ta\"\"ble z\" (\"Id\" int PRIMARY KEY)");
        settings.set("tables", List.of("\"Größe.x\".\"Ta\"\"ble %\"")).set("publication", "It's \"mine\"");
        try (SourceUnderTest source = SourceUnderTest.started(settings)) {
            sql(
                    "INSERT INTO \"Größe.x\".\"Ta\"\"ble z\" VALUES (1)",
                    "INSERT INTO \"Größe.x\".\"Ta\"\"ble %\" VALUES (1, 'ö')");
            source.awaitTexts("c Größe.x.Ta\"ble % +(Id=1,naïve 名=ö)");
        }
    }

    @Test
    void shouldGiveTheSameIdsWhateverTablesAreCaptured() {
        sql("CREATE TABLE other (id int PRIMARY KEY)", "CREATE PUBLICATION " + database + " FOR ALL TABLES");
        String id;
        try (SourceUnderTest all = SourceUnderTest.started(settings)) {
            sql("BEGIN; INSERT INTO other VALUES (1); INSERT INTO item VALUES (1, 'a'); COMMIT");
            all.awaitEvents(2);
            id = all.events().get(1).id();
        }
        settings.set("tables", List.of("public.item"));
        try (SourceUnderTest some = SourceUnderTest.started(settings)) {
            some.awaitTexts("c public.item +(id=1,name=a)");
            assertThat(some.events().get(0).id()).isEqualTo(id);
        }
    }

    @Test
    void shouldOpenTheStreamAgainAsTextWhenATypeHasNoKnownBinaryForm() {
        try (SourceUnderTest source = SourceUnderTest.started(settings)) {
            sql(
                    "BEGIN; INSERT INTO item VALUES (1, 'a'); CREATE TABLE odd (id int PRIMARY KEY, q tsquery);"
                            + " INSERT INTO item VALUES (2, 'b'); INSERT INTO odd VALUES (1, 'x & y');"
                            + " INSERT INTO item VALUES (3, 'c'); COMMIT",
                    "INSERT INTO item VALUES (4, 'd')");
            source.awaitTexts(
                    "c public.item +(id=1,name=a)",
                    "c public.item +(id=2,name=b)",
                    "c public.odd +(id=1,q='x' & 'y')",
                    "c public.item +(id=3,name=c)",
                    "c public.item +(id=4,name=d)");
            assertThat(source.events()).extracting(SourceUnderTest.Seen::id).doesNotHaveDuplicates();
            assertThat(source.events())
                    .extracting(SourceUnderTest.Seen::ordinal)
                    .containsExactly(0L, 1L, 2L, 3L, 0L);
        }
    }

    @Test
    void shouldStopWhenItLosesItsLockAndStandByWhileTheSlotIsInUse() {
        try (SourceUnderTest first = SourceUnderTest.started(settings)) {
            sql("INSERT INTO item VALUES (1, 'a')");
            first.awaitCommits(1);
            sql("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
                    + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");
            SourceException lost = first.awaitFailure();
            assertThat(lost.kind()).isEqualTo(ErrorKind.RETRIABLE);
            assertThat(lost.reason()).isEqualTo("OWNERSHIP_LOST");
            // The lock is free, and the first one's replication session still there.
            try (SourceUnderTest second = new SourceUnderTest(settings).open().attach(Attachment.KNOWN)) {
                second.runFromAttached();
                assertThat(second.awaitFailure().kind()).isEqualTo(ErrorKind.STANDBY);
            }
        }
    }

    @Test
    void shouldSayWhoTheDatabaseIsWithoutSecrets() {
        try (SourceUnderTest source = new SourceUnderTest(settings).open().attach(Attachment.NEW)) {
            assertThat(source.identity().id()).matches("\\d{15,20}/" + database);
            assertThat(source.identity().description())
                    .contains("PostgreSQL ", server.host() + ":" + server.port(), database)
                    .doesNotContain(server.password());
        }
    }
}
