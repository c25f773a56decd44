package io.deltaforge.source.postgres.pgoutput;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaforge.sandbox.PostgresServer;
import io.deltaforge.sandbox.Sandbox;
import io.deltaforge.source.postgres.type.PgType;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a real server sends about tables, old rows and changes of shape, in both modes. */
final class PgOutputDecoderIT {

    private static final String BIG =
            "repeat('x', 3) || (SELECT string_agg(md5(i::text), '') FROM generate_series(1, 300) i)";

    private final PostgresServer server = Sandbox.postgres();
    private final MemoryState state = new MemoryState();
    private String database;

    @BeforeEach
    void createDatabase() {
        database = Sandbox.createDatabase("decoder");
    }

    private void sql(String... statements) {
        server.executeIn(database, statements);
    }

    private int oid(String name, String kind) throws SQLException {
        try (Connection connection = server.connect(database);
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("SELECT '" + name + "'::" + kind + "::oid::int")) {
            found.next();
            return found.getInt(1);
        }
    }

    private void publish(String publication) {
        sql(
                "CREATE PUBLICATION pub " + publication,
                "SELECT pg_create_logical_replication_slot('" + database + "', 'pgoutput')");
    }

    /** Returns what was reported, without beginnings and ends. */
    private List<String> read(boolean binary) throws SQLException {
        MessageLog log = new MessageLog();
        try (JdbcCatalog catalog = new JdbcCatalog(() -> server.connect(database), state)) {
            ReplicationReader.read(
                    server,
                    database,
                    new ReplicationReader.Slot(database, "pub", binary),
                    new PgOutputDecoder(catalog, database, (schema, table) -> true),
                    log);
        }
        return log.lines.stream()
                .filter(line -> !line.startsWith("begin") && !line.startsWith("commit"))
                .map(line -> line.replaceAll("x{3}[0-9a-f]{9600}", "<big>"))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldReadOldRowsUnderEveryReplicaIdentity(boolean binary) throws SQLException {
        sql(
                "CREATE TABLE d (a int, b int, big text, PRIMARY KEY (b, a))",
                "CREATE TABLE f (id int PRIMARY KEY, n int, big text)",
                "ALTER TABLE f REPLICA IDENTITY FULL",
                "CREATE TABLE i (id int PRIMARY KEY, code text NOT NULL UNIQUE, n int)",
                "ALTER TABLE i REPLICA IDENTITY USING INDEX i_code_key",
                "CREATE TABLE n (id int PRIMARY KEY, n int)",
                "ALTER TABLE n REPLICA IDENTITY NOTHING");
        publish("FOR ALL TABLES");
        sql(
                "INSERT INTO d VALUES (1, 2, " + BIG + ")",
                "UPDATE d SET a = 9",
                "DELETE FROM d",
                "INSERT INTO f VALUES (1, 2, " + BIG + ")",
                "UPDATE f SET n = 3",
                "UPDATE f SET id = 4",
                "DELETE FROM f",
                "INSERT INTO i VALUES (1, 'c', 2)",
                "UPDATE i SET n = 3",
                "UPDATE i SET code = 'e'",
                "DELETE FROM i",
                "INSERT INTO n VALUES (1, 2)");

        assertThat(read(binary))
                .containsExactly(
                        "insert public.d -> [1, 2, <big>]",
                        "update public.d key [1, 2, absent] -> [9, 2, unchanged]",
                        "delete public.d [9, 2, absent]",
                        "insert public.f -> [1, 2, <big>]",
                        "update public.f [1, 2, <big>] -> [1, 3, <big>]",
                        "update public.f key [1, 3, <big>] -> [4, 3, <big>]",
                        "delete public.f [4, 3, <big>]",
                        "insert public.i -> [1, c, 2]",
                        "update public.i -> [1, c, 3]",
                        "update public.i key [absent, c, absent] -> [1, e, 3]",
                        "delete public.i [absent, e, absent]",
                        "insert public.n -> [1, 2]");
    }

    @Test
    void shouldReadEachRowInTheShapeItsTableHadThen() throws SQLException {
        sql(
                "CREATE TABLE \"Größe \"\"x\"\"\" (id int PRIMARY KEY, \"wéird col\" text, gone int)",
                "CREATE TYPE mood AS ENUM ('ok')",
                "CREATE TABLE dropped (id int PRIMARY KEY, m mood)");
        publish("FOR ALL TABLES");
        sql(
                "INSERT INTO \"Größe \"\"x\"\"\" VALUES (1, 'a', 7)",
                "BEGIN; INSERT INTO \"Größe \"\"x\"\"\" VALUES (2, 'b', 8);"
                        + " ALTER TABLE \"Größe \"\"x\"\"\" DROP COLUMN gone, ADD COLUMN added bool DEFAULT true;"
                        + " INSERT INTO \"Größe \"\"x\"\"\" VALUES (3, 'c', false);"
                        + " SAVEPOINT s; INSERT INTO \"Größe \"\"x\"\"\" VALUES (4, 'rolled back', false); ROLLBACK TO s;"
                        + " ALTER TABLE \"Größe \"\"x\"\"\" ALTER COLUMN \"wéird col\" TYPE varchar(9);"
                        + " INSERT INTO \"Größe \"\"x\"\"\" VALUES (5, 'd', false); COMMIT",
                "SELECT pg_logical_emit_message(true, 'prefix', 'content')",
                "SELECT pg_logical_emit_message(false, 'prefix', 'content')",
                "INSERT INTO dropped VALUES (1, 'ok')",
                "DROP TABLE dropped",
                "DROP TYPE mood");

        assertThat(read(false))
                .containsExactly(
                        "insert public.Größe \"x\" -> [1, a, 7]",
                        "insert public.Größe \"x\" -> [2, b, 8]",
                        "insert public.Größe \"x\" -> [3, c, false]",
                        "insert public.Größe \"x\" -> [5, d, false]",
                        "insert public.dropped -> [1, ok]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"root", "leaf"})
    void shouldNamePartitionsAsThePublicationSays(String named) throws SQLException {
        sql(
                "CREATE TABLE root (id int, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at)",
                "CREATE TABLE leaf (at date NOT NULL, id int NOT NULL)",
                "ALTER TABLE root ATTACH PARTITION leaf FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')");
        publish("FOR TABLE root WITH (publish_via_partition_root = " + named.equals("root") + ")");
        sql("INSERT INTO root VALUES (1, '2020-05-05')", "DELETE FROM root");

        assertThat(read(true))
                .containsExactlyElementsOf(
                        named.equals("root")
                                ? List.of("insert public.root -> [1, 2020-05-05]", "delete public.root [1, 2020-05-05]")
                                : List.of(
                                        "insert public.leaf -> [2020-05-05, 1]", "delete public.leaf [2020-05-05, 1]"));
    }

    @Test
    void shouldReadTruncatesAndTablesWithGeneratedColumnsAndWithoutAny() throws SQLException {
        sql(
                "CREATE TABLE a (id int PRIMARY KEY, double int GENERATED ALWAYS AS (id * 2) STORED)",
                "CREATE TABLE b (id int REFERENCES a)",
                "CREATE TABLE nothing ()");
        publish("FOR ALL TABLES");
        sql(
                "INSERT INTO a VALUES (1)",
                "INSERT INTO nothing DEFAULT VALUES",
                "TRUNCATE a, b RESTART IDENTITY CASCADE",
                "TRUNCATE nothing");

        assertThat(read(true))
                .containsExactly(
                        "insert public.a -> [1]",
                        "insert public.nothing -> []",
                        "truncate [public.a, public.b] cascade restart",
                        "truncate [public.nothing]");
    }

    @Test
    void shouldLookTypesUpOnceAndRememberThemWhenTheyAreGone() throws Exception {
        sql(
                "CREATE TYPE mood AS ENUM ('ok')",
                "CREATE DOMAIN moods AS mood[]",
                "CREATE TABLE t (a int, b int, PRIMARY KEY (b, a))");
        int oid = oid("moods", "regtype");
        int table = oid("t", "regclass");
        PgType first;
        try (JdbcCatalog catalog = new JdbcCatalog(() -> server.connect(database), state)) {
            first = catalog.type(oid);
            assertThat(catalog.displayName(catalog.type(1_700), ((10 << 16) | 2) + 4))
                    .isEqualTo("numeric(10,2)");
            assertThat(catalog.primaryKey(table, 1)).containsExactly("b", "a");
        }
        assertThat(first.kind()).isEqualTo(PgType.Kind.DOMAIN);
        assertThat(first.withoutDomains().element()).map(PgType::kind).contains(PgType.Kind.ENUM);

        sql("DROP DOMAIN moods", "DROP TYPE mood");
        JdbcCatalog restarted = new JdbcCatalog(
                () -> {
                    throw new AssertionError("the catalog was asked");
                },
                state);
        assertThat(restarted.type(oid)).isEqualTo(first);
        assertThat(restarted.displayName(restarted.type(1_700), ((10 << 16) | 2) + 4))
                .isEqualTo("numeric(10,2)");
        assertThat(restarted.primaryKey(table, 1)).containsExactly("b", "a");
    }

    @Test
    void shouldLookAgainWhenTheLogContradictsWhatWasKept() throws SQLException {
        sql("CREATE TABLE t (a int PRIMARY KEY, b int NOT NULL)", "CREATE DOMAIN renamed AS int");
        int table = oid("t", "regclass");
        try (JdbcCatalog catalog = new JdbcCatalog(() -> server.connect(database), state)) {
            assertThat(catalog.primaryKey(table, 1)).containsExactly("a");
            int domain = oid("renamed", "regtype");
            assertThat(catalog.type(domain).name()).isEqualTo("renamed");
            assertThat(catalog.type(23).name()).isEqualTo("int4");
            sql("ALTER TABLE t DROP CONSTRAINT t_pkey, ADD PRIMARY KEY (b)");
            assertThat(catalog.primaryKey(table, 1)).containsExactly("a");
            assertThat(catalog.primaryKey(table, 2)).containsExactly("b");
            sql("ALTER TABLE t DROP CONSTRAINT t_pkey");
            catalog.tableChanged(table);
            assertThat(catalog.primaryKey(table, 2)).isEmpty();
            assertThat(catalog.type(1)).isEqualTo(PgType.unknown(1));
            sql("ALTER DOMAIN renamed RENAME TO other");
            assertThat(catalog.type(domain).name()).isEqualTo("renamed");
            catalog.typeNamed(domain, "renamed");
            assertThat(catalog.type(domain).name()).isEqualTo("renamed");
            catalog.typeNamed(domain, "other");
            assertThat(catalog.type(domain).name()).isEqualTo("other");
        }
    }

    @Test
    void shouldAskOverANewConnectionWhenTheOldOneWasLost() throws SQLException {
        List<Connection> opened = new ArrayList<>();
        try (JdbcCatalog catalog = new JdbcCatalog(
                () -> {
                    opened.add(server.connect(database));
                    return opened.get(opened.size() - 1);
                },
                state)) {
            catalog.type(23);
            opened.get(0).close();
            assertThat(catalog.type(25).name()).isEqualTo("text");
            assertThat(catalog.type(20).name()).isEqualTo("int8");
        }
        assertThat(opened).hasSize(2);
        assertThat(opened.get(1).isClosed()).isTrue();
    }
}
