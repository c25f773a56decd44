package io.deltaforge.source.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.deltaforge.api.source.Attachment;
import io.deltaforge.sandbox.PostgresServer;
import io.deltaforge.sandbox.Sandbox;
import io.deltaforge.testkit.context.RecordedChecks;
import io.deltaforge.testkit.context.RecordedChecks.Found;
import io.deltaforge.testkit.context.SettingsDraft;
import io.deltaforge.testkit.context.TestSourceContext;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the doctor finds wrong is put right by the SQL that it prints, and then it finds nothing any more. */
final class PostgresCheckIT {

    private final PostgresServer server = Sandbox.postgres();
    private String database;
    private SettingsDraft settings;

    @BeforeEach
    void createDatabase() {
        database = Sandbox.createDatabase("doctor");
        settings = Drafts.of("dsn", server.dsn(database), "slot", database);
        sql("CREATE TABLE item (id int PRIMARY KEY)");
    }

    @AfterEach
    void dropSlot() {
        server.execute("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = '"
                + database + "' AND NOT active");
    }

    private void sql(String... statements) {
        server.executeIn(database, statements);
    }

    private static List<Found> look(SettingsDraft at) throws InterruptedException {
        return RecordedChecks.of(
                report -> new PostgresSourceFactory().check(at, new TestSourceContext("test"), report));
    }

    /** The sandbox's server keeps the log without limit, which is worth a warning and not of interest here. */
    private static List<Found> wrong(SettingsDraft at) throws InterruptedException {
        return look(at).stream()
                .filter(found -> found.isWrong() && !found.code().equals("UNLIMITED_WAL"))
                .toList();
    }

    private void shouldBePutRight(SettingsDraft at, String severity, String code) throws InterruptedException {
        List<Found> before = wrong(at);
        assertThat(before).extracting(Found::severity, Found::code).containsExactly(tuple(severity, code));
        sql(statements(before.get(0).fix()));
        assertThat(wrong(at)).isEmpty();
    }

    /** As psql takes them: one statement after the other, without what follows a comment's dashes. */
    private static String[] statements(String fix) {
        return fix.lines().map(line -> line.replaceFirst(" -- .*", "")).toArray(String[]::new);
    }

    @Test
    void shouldFindNothingWrongWhereASourceStarts() throws InterruptedException {
        assertThat(wrong(settings)).isEmpty();
        assertThat(look(settings)).extracting(Found::code).contains("CONNECTION", "WAL_LEVEL", "PUBLICATION", "SLOT");
        try (SourceUnderTest source = SourceUnderTest.started(settings)) {
            sql("INSERT INTO item VALUES (1)");
            source.awaitTexts("c public.item +(id=1)");
            assertThat(wrong(settings)).extracting(Found::code).containsExactly("SLOT_IN_USE");
        }
    }

    @Test
    void shouldChangeNothing() throws InterruptedException {
        look(settings);
        sql("DO $$ BEGIN ASSERT (SELECT count(*) = 0 FROM pg_publication); ASSERT (SELECT count(*) = 0 FROM"
                + " pg_replication_slots WHERE database = current_database()); END $$");
    }

    @Test
    void shouldFindThePublicationThatIsMissing() throws InterruptedException {
        settings.set("create_publication", "false");
        shouldBePutRight(settings, "error", "PUBLICATION_MISSING");
    }

    @Test
    void shouldFindTheTableThatThePublicationLacks() throws InterruptedException {
        sql("CREATE TABLE other (id int PRIMARY KEY)", "CREATE PUBLICATION " + database + " FOR TABLE other");
        settings.set("tables", List.of("public.item", "public.other")).set("create_publication", "false");
        shouldBePutRight(settings, "error", "PUBLICATION_GAP");
    }

    @Test
    void shouldFindWhatThePublicationDoesNotSend() throws InterruptedException {
        sql("CREATE PUBLICATION " + database + " FOR ALL TABLES WITH (publish = 'insert')");
        shouldBePutRight(settings, "warning", "PUBLICATION_KINDS");
    }

    @Test
    void shouldFindPartitionsThatAreSentUnderNamesOfTheirOwn() throws InterruptedException {
        sql(
                "CREATE TABLE log (id int, day int) PARTITION BY LIST (day)",
                "CREATE PUBLICATION " + database + " FOR TABLE log");
        settings.set("tables", List.of("public.log"));
        shouldBePutRight(settings, "warning", "PUBLICATION_PARTITIONS");
    }

    @Test
    void shouldFindTablesOfWhichAnUpdateCannotBeLogged() throws InterruptedException {
        sql("CREATE TABLE keyless (value int)", "CREATE PUBLICATION " + database + " FOR ALL TABLES");
        shouldBePutRight(settings, "warning", "REPLICA_IDENTITY");
    }

    @Test
    void shouldFindTheSlotThatIsMissing() throws InterruptedException {
        sql("CREATE PUBLICATION " + database + " FOR ALL TABLES");
        settings.set("create_slot", "false");
        shouldBePutRight(settings, "error", "SLOT_MISSING");
    }

    @Test
    void shouldFindASlotOfAnotherKind() throws InterruptedException {
        sql(
                "CREATE PUBLICATION " + database + " FOR ALL TABLES",
                "SELECT pg_create_logical_replication_slot('" + database + "', 'test_decoding')");
        List<Found> before = wrong(settings);
        assertThat(before).extracting(Found::code).containsExactly("SLOT_UNUSABLE");
        String fix = before.get(0).fix();
        sql(fix.substring(fix.indexOf("SELECT")));
        assertThat(wrong(settings)).isEmpty();
    }

    @Test
    void shouldFindTheRightsThatTheRoleLacks() throws InterruptedException {
        String role = Sandbox.uniqueName("doctor_role");
        sql("CREATE ROLE " + role + " LOGIN PASSWORD 's3cret-canary'");
        settings.set(
                "dsn", "postgres://" + role + ":s3cret-canary@" + server.host() + ":" + server.port() + "/" + database);
        List<Found> before = wrong(settings);
        assertThat(before).extracting(Found::code).containsExactly("NO_REPLICATION_RIGHT", "NO_RIGHT");
        assertThat(look(settings).toString()).doesNotContain("s3cret-canary");
        before.forEach(found -> sql(found.fix()));
        assertThat(wrong(settings)).isEmpty();
        settings.set("tables", List.of("public.*"));
        sql("DROP PUBLICATION " + database, "CREATE PUBLICATION " + database + " FOR TABLE item");
        sql("CREATE TABLE foreign_owned (id int PRIMARY KEY)");
        shouldBePutRight(settings, "error", "NO_RIGHT");
        sql("DROP OWNED BY " + role, "DROP ROLE " + role);
    }

    @Test
    void shouldFindWrongAddressesAndNames() throws InterruptedException {
        settings.set(
                "dsn", "postgres://postgres:s3cret-canary@" + server.host() + ":" + server.port() + "/" + database);
        assertThat(wrong(settings)).extracting(Found::code).containsExactly("AUTHENTICATION");
        assertThat(wrong(settings).toString()).doesNotContain("s3cret-canary");
        settings.set("dsn", server.dsn("no_such_database"));
        assertThat(wrong(settings)).extracting(Found::code).containsExactly("DATABASE_MISSING");
        settings.set("dsn", "postgres://postgres@127.0.0.1:" + Sandbox.freePort(1) + "/x")
                .set("connect_timeout_secs", "1");
        assertThat(wrong(settings)).extracting(Found::code).containsExactly("CONNECTION");
        settings.set("dsn", server.dsn(database)).set("tables", List.of("public.itme"));
        assertThat(wrong(settings)).extracting(Found::code).containsExactly("NO_TABLES");
        assertThat(wrong(settings).toString()).contains("public.item");
    }

    @Test
    void shouldFindEverySettingOfTheServerThatIsWrong() throws InterruptedException {
        try (PostgresServer wrong = PostgresServer.builder()
                .setting("wal_level", "replica")
                .setting("max_replication_slots", "1")
                .setting("max_slot_wal_keep_size", "-1")
                .setting("wal_sender_timeout", "0")
                .start()) {
            wrong.execute(
                    "SELECT pg_create_physical_replication_slot('occupied')", "CREATE TABLE item (id int PRIMARY KEY)");
            SettingsDraft here = Drafts.of("dsn", wrong.dsn("postgres"), "slot", "here");
            List<Found> before = look(here).stream().filter(Found::isWrong).toList();
            assertThat(before)
                    .extracting(Found::code)
                    .containsExactly("WAL_LEVEL", "UNLIMITED_WAL", "WAL_SENDER_TIMEOUT", "MAX_REPLICATION_SLOTS");
            before.forEach(found -> wrong.execute(statements(found.fix())));
            wrong.restart();
            assertThat(look(here)).extracting(Found::severity).containsOnly("ok");
            try (SourceUnderTest source = new SourceUnderTest(here).open().attach(Attachment.NEW)) {
                assertThat(source.attached()).isNotNull();
            }
        }
    }

    @Test
    void shouldFindASlotThatIsAboutToLoseItsLog() throws InterruptedException {
        try (PostgresServer small = PostgresServer.builder()
                .setting("max_slot_wal_keep_size", "64MB")
                .setting("max_wal_size", "64MB")
                .setting("min_wal_size", "32MB")
                .start()) {
            small.execute("CREATE TABLE item (id int PRIMARY KEY)", "CREATE PUBLICATION here FOR ALL TABLES");
            small.execute("SELECT pg_create_logical_replication_slot('here', 'pgoutput')");
            SettingsDraft here = Drafts.of("dsn", small.dsn("postgres"), "slot", "here");
            String megabytes =
                    "SELECT pg_logical_emit_message(false, 'fill', repeat('x', 1000000)) FROM generate_series(1, %d)";
            small.execute(megabytes.formatted(40));
            assertThat(wrong(here)).extracting(Found::code).containsExactly("SLOT_LAGS");
        }
    }
}
