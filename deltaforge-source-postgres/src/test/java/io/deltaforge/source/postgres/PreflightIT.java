package io.deltaforge.source.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import io.deltaforge.api.source.Attachment;
import io.deltaforge.sandbox.PostgresServer;
import io.deltaforge.sandbox.Sandbox;
import io.deltaforge.testkit.context.SettingsDraft;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What must be there before the log can be read is named with the statement that puts it right, and the statement does. */
final class PreflightIT {

    private final PostgresServer server = Sandbox.postgres();
    private String database;
    private SettingsDraft settings;

    @BeforeEach
    void createDatabase() {
        database = Sandbox.createDatabase("preflight");
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

    private static SourceException failureOf(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return catchThrowableOfType(SourceException.class, call);
    }

    private SourceException failureToStart(SettingsDraft wrong, Attachment attachment) {
        try (SourceUnderTest source = new SourceUnderTest(wrong)) {
            SourceException failure = failureOf(() -> source.open().attach(attachment));
            assertThat(failure).isNotNull();
            assertThat(failure.kind()).isEqualTo(ErrorKind.HELD);
            return failure;
        }
    }

    private void shouldBePutRightByItsRemedy(SourceException failure, SettingsDraft wrong) {
        sql(failure.remedy().orElseThrow());
        try (SourceUnderTest source = SourceUnderTest.started(wrong)) {
            sql("INSERT INTO item VALUES (42)");
            source.awaitTexts("c public.item +(id=42)");
        }
    }

    @Test
    void shouldNameTheRightsThatTheRoleLacks() {
        String role = Sandbox.uniqueName("reader_role");
        sql("CREATE ROLE " + role + " LOGIN PASSWORD 's3cret-canary'");
        settings.set(
                "dsn", "postgres://" + role + ":s3cret-canary@" + server.host() + ":" + server.port() + "/" + database);
        SourceException noReplication = failureToStart(settings, Attachment.NEW);
        assertThat(noReplication.reason()).isEqualTo("NO_REPLICATION_RIGHT");
        assertThat(noReplication.getMessage() + noReplication.remedy()).doesNotContain("s3cret-canary");
        sql(noReplication.remedy().orElseThrow());

        SourceException noPublication = failureToStart(settings, Attachment.NEW);
        assertThat(noPublication.reason()).isEqualTo("NO_RIGHT");
        assertThat(noPublication.remedy().orElseThrow()).startsWith("CREATE PUBLICATION");
        shouldBePutRightByItsRemedy(noPublication, settings);
        dropSlot();
        sql("DROP OWNED BY " + role, "DROP ROLE " + role);
    }

    @Test
    void shouldNameAWrongPasswordWithoutShowingIt() {
        settings.set(
                "dsn", "postgres://postgres:s3cret-canary@" + server.host() + ":" + server.port() + "/" + database);
        SourceException failure = failureToStart(settings, Attachment.NEW);
        assertThat(failure.reason()).isEqualTo("AUTHENTICATION");
        assertThat(failure.getMessage()).doesNotContain("s3cret-canary");
    }

    @Test
    void shouldNameADatabaseThatIsMissing() {
        settings.set("dsn", server.dsn("no_such_database"));
        assertThat(failureToStart(settings, Attachment.NEW).reason()).isEqualTo("DATABASE_MISSING");
    }

    @Test
    void shouldMakeNothingWhenItMayNot() {
        settings.set("create_publication", "false").set("create_slot", "false");
        SourceException noPublication = failureToStart(settings, Attachment.NEW);
        assertThat(noPublication.reason()).isEqualTo("PUBLICATION_MISSING");
        sql(noPublication.remedy().orElseThrow());
        SourceException noSlot = failureToStart(settings, Attachment.NEW);
        assertThat(noSlot.reason()).isEqualTo("SLOT_MISSING");
        shouldBePutRightByItsRemedy(noSlot, settings);
    }

    @Test
    void shouldHaltWhenThePublicationLacksATableThatIsNamed() {
        sql("CREATE TABLE other (id int PRIMARY KEY)", "CREATE PUBLICATION " + database + " FOR TABLE other");
        settings.set("tables", List.of("public.item", "public.other")).set("create_publication", "false");
        SourceException failure = failureToStart(settings, Attachment.NEW);
        assertThat(failure.reason()).isEqualTo("PUBLICATION_GAP");
        assertThat(failure).hasMessageContaining("\"public\".\"item\"");
        shouldBePutRightByItsRemedy(failure, settings);
    }

    @Test
    void shouldAddTheTablesThatThePublicationLacksWhenItMay() {
        sql("CREATE TABLE other (id int PRIMARY KEY)", "CREATE PUBLICATION " + database + " FOR TABLE other");
        settings.set("tables", List.of("public.item"));
        try (SourceUnderTest source = SourceUnderTest.started(settings)) {
            sql("INSERT INTO other VALUES (1)", "INSERT INTO item VALUES (2)");
            source.awaitTexts("c public.item +(id=2)");
        }
    }

    @Test
    void shouldHaltWhenThePublicationOfAKnownPipelineIsMissing() {
        try (SourceUnderTest source = new SourceUnderTest(settings).open().attach(Attachment.NEW)) {
            assertThat(source.attached()).isNotNull();
        }
        sql("DROP PUBLICATION " + database);
        assertThat(failureToStart(settings, Attachment.KNOWN).reason()).isEqualTo("PUBLICATION_MISSING");
    }

    @Test
    void shouldHaltWhenNoTableMatches() {
        settings.set("tables", List.of("public.itme"));
        SourceException failure = failureToStart(settings, Attachment.NEW);
        assertThat(failure.reason()).isEqualTo("NO_TABLES");
        assertThat(failure).hasMessageContaining("public.item");
    }

    @Test
    void shouldHaltAtASlotOfAnotherKind() {
        sql("SELECT pg_create_logical_replication_slot('" + database + "', 'test_decoding')");
        SourceException failure = failureToStart(settings, Attachment.NEW);
        assertThat(failure.reason()).isEqualTo("SLOT_UNUSABLE");
        assertThat(failure).hasMessageContaining("test_decoding");
        dropSlot();
        server.execute("SELECT pg_create_physical_replication_slot('" + database + "')");
        assertThat(failureToStart(settings, Attachment.KNOWN)).hasMessageContaining("physical");
        server.execute("SELECT pg_drop_replication_slot('" + database + "')");
        server.execute("SELECT pg_create_logical_replication_slot('" + database + "', 'pgoutput')");
        assertThat(failureToStart(settings, Attachment.KNOWN)).hasMessageContaining("database postgres");
        server.execute("SELECT pg_drop_replication_slot('" + database + "')");
        sql("SELECT pg_create_logical_replication_slot('" + database + "', 'pgoutput', false, true)");
        assertThat(failureToStart(settings, Attachment.KNOWN)).hasMessageContaining("two_phase");
    }

    @Test
    void shouldNameEverySettingOfTheServerThatIsWrongAndTheStatementsThatPutItRight() {
        try (PostgresServer wrong = PostgresServer.builder()
                .setting("wal_level", "replica")
                .setting("max_replication_slots", "1")
                .start()) {
            wrong.execute(
                    "SELECT pg_create_physical_replication_slot('occupied')", "CREATE TABLE item (id int PRIMARY KEY)");
            SettingsDraft here = Drafts.of("dsn", wrong.dsn("postgres"), "slot", "here");
            SourceException failure = failureToStart(here, Attachment.NEW);
            assertThat(failure.reason()).isEqualTo("WAL_LEVEL");
            assertThat(failure).hasMessageContaining("replica").hasMessageContaining("logical");
            wrong.execute(failure.remedy().orElseThrow());
            wrong.restart();
            SourceException full = failureToStart(here, Attachment.NEW);
            assertThat(full.reason()).isEqualTo("MAX_REPLICATION_SLOTS");
            wrong.execute(full.remedy().orElseThrow());
            wrong.restart();
            try (SourceUnderTest source = SourceUnderTest.started(here)) {
                wrong.execute("INSERT INTO item VALUES (1)");
                source.awaitTexts("c public.item +(id=1)");
            }
        }
    }
}
