package io.deltaforge.source.postgres.pgoutput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaforge.api.error.SourceException;
import io.deltaforge.api.event.Row;
import io.deltaforge.api.event.TableSchema;
import io.deltaforge.sandbox.PostgresServer;
import io.deltaforge.sandbox.Sandbox;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.postgresql.PGProperty;

/**
 * Every type through a real server: NULL, extremes and 1,000 random values, as new rows and as old rows, in both modes, compared
 * with what the server prints for the same values and with the values as they were written.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TypesIT {

    private static final long SEED = Long.getLong("deltaforge.test.seed", 20_261_124L);
    private static final Pattern LOWER_BOUNDS = Pattern.compile("^\\[[^=]*\\]=");
    private static final Pattern FLOAT = Pattern.compile("-?(?:\\d[\\d.]*(?:e[+-]?\\d+)?|Infinity)|NaN");

    private final PostgresServer server = Sandbox.postgres();
    private final List<TypeCase> cases = TypeCases.all();

    /** What the server prints, by table and id. */
    private final Map<String, Map<Long, String>> printed = new HashMap<>();

    private final Map<String, List<String>> written = new HashMap<>();
    private String database;
    private String prefix;

    @BeforeAll
    void write() throws SQLException {
        System.out.println("deltaforge.test.seed=" + SEED);
        database = Sandbox.createDatabase("types");
        prefix = database + "_";
        server.executeIn(database, TypeCases.PREPARATION.toArray(new String[0]));
        Random random = new Random(SEED);
        try (Connection connection = sql();
                Statement statement = connection.createStatement()) {
            for (int i = 0; i < cases.size(); i++) {
                statement.execute("CREATE TABLE " + table(i) + " (id int PRIMARY KEY, v "
                        + cases.get(i).type() + ")");
                statement.execute("ALTER TABLE " + table(i) + " REPLICA IDENTITY FULL");
            }
            String binary = IntStream.range(0, cases.size())
                    .filter(i -> cases.get(i).binary())
                    .mapToObj(TypesIT::table)
                    .collect(Collectors.joining(", "));
            statement.execute("CREATE PUBLICATION readable FOR TABLE " + binary);
            statement.execute("CREATE PUBLICATION everything FOR ALL TABLES");
            for (String slot : List.of("binary", "text", "refused")) {
                statement.execute("SELECT pg_create_logical_replication_slot('" + prefix + slot + "', 'pgoutput')");
            }
            for (int i = 0; i < cases.size(); i++) {
                insertAndDelete(connection, i, cases.get(i).values(random));
            }
        }
    }

    private static String table(int number) {
        return "c_" + number;
    }

    private Connection sql() throws SQLException {
        Properties properties = new Properties();
        PGProperty.USER.set(properties, server.user());
        PGProperty.PASSWORD.set(properties, server.password());
        PGProperty.OPTIONS.set(properties, PgOutputDecoder.SESSION_OPTIONS);
        return DriverManager.getConnection(server.jdbcUrl(database), properties);
    }

    private void insertAndDelete(Connection connection, int number, List<String> values) throws SQLException {
        String type = cases.get(number).type();
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + table(number)
                + " SELECT n, CAST(t AS " + type + ") FROM unnest(?::text[]) WITH ORDINALITY AS u(t, n)")) {
            insert.setArray(1, connection.createArrayOf("text", values.toArray()));
            insert.executeUpdate();
        } catch (SQLException e) {
            throw new AssertionError("a value of " + type + " is refused: " + e.getMessage(), e);
        }
        Map<Long, String> prints = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT id, CASE WHEN v IS NOT DISTINCT FROM NULL THEN NULL ELSE format('%s', v) END FROM "
                                + table(number))) {
            while (rows.next()) {
                prints.put(rows.getLong(1), rows.getString(2));
            }
            statement.execute("DELETE FROM " + table(number));
        }
        printed.put(table(number), prints);
        written.put(table(number), values);
    }

    /** Keeps new and old rows by table and id. */
    private static final class Rows implements ReplicationMessages {
        final Map<String, Map<Long, Row>> inserted = new HashMap<>();
        final Map<String, Map<Long, Row>> deleted = new HashMap<>();

        @Override
        public void begin(long finalLsn, long commitMicros, int xid) {}

        @Override
        public void insert(TableSchema table, Row after) {
            keep(inserted, table, after);
        }

        @Override
        public void update(TableSchema table, Row before, Row after, boolean keyChanged) {
            throw new AssertionError("nothing was updated");
        }

        @Override
        public void delete(TableSchema table, Row before) {
            keep(deleted, table, before);
        }

        private static void keep(Map<String, Map<Long, Row>> rows, TableSchema table, Row row) {
            rows.computeIfAbsent(table.table(), t -> new HashMap<>()).put((Long) row.value(0), row);
        }

        @Override
        public void truncate(List<TableSchema> tables, boolean cascade, boolean restartIdentity) {}

        @Override
        public void commit(long commitLsn, long endLsn, long commitMicros) {}
    }

    private Rows read(String slot, String publication, boolean binary) throws SQLException {
        Rows rows = new Rows();
        try (JdbcCatalog catalog = new JdbcCatalog(() -> server.connect(database), new MemoryState())) {
            PgOutputDecoder decoder = new PgOutputDecoder(catalog, database, (schema, table) -> true);
            ReplicationReader.read(
                    server, database, new ReplicationReader.Slot(prefix + slot, publication, binary), decoder, rows);
        }
        return rows;
    }

    @TestFactory
    Stream<DynamicTest> shouldReadBinaryValues() throws SQLException {
        Rows rows = read("binary", "readable", true);
        return tests(rows, cases.stream().filter(TypeCase::binary).toList());
    }

    @TestFactory
    Stream<DynamicTest> shouldReadTextValues() throws SQLException {
        return tests(read("text", "everything", false), cases);
    }

    @Test
    void shouldAskForTextModeWhenATypeWithoutBinaryDecoderAppears() {
        assertThatThrownBy(() -> read("refused", "everything", true))
                .isInstanceOfSatisfying(
                        SourceException.class, e -> assertThat(e.reason()).isEqualTo(PgOutputDecoder.TEXT_MODE_NEEDED));
    }

    private Stream<DynamicTest> tests(Rows rows, List<TypeCase> tried) {
        return tried.stream()
                .map(type -> DynamicTest.dynamicTest(type.type(), () -> {
                    String table = table(cases.indexOf(type));
                    Map<Long, String> expected = new HashMap<>();
                    printed.get(table)
                            .forEach((id, text) -> expected.put(id, text == null ? null : normal(type, text)));
                    assertThat(texts(type, rows.inserted.get(table))).isEqualTo(expected);
                    assertThat(texts(type, rows.deleted.get(table))).isEqualTo(expected);
                    assertThat(expected).hasSize(written.get(table).size()).hasSizeGreaterThan(1_000);
                    if (type.literals()) {
                        List<String> values = written.get(table);
                        for (int i = 0; i < values.size(); i++) {
                            assertThat(PgText.of(rows.inserted.get(table).get(i + 1L), 1, type.delimiter()))
                                    .isEqualTo(values.get(i));
                        }
                    }
                }));
    }

    private static Map<Long, String> texts(TypeCase type, Map<Long, Row> rows) {
        Map<Long, String> texts = new HashMap<>();
        rows.forEach((id, row) -> texts.put(id, PgText.of(row, 1, type.delimiter())));
        return texts;
    }

    /** Takes off what rows do not tell: lower bounds, and how many digits of a float are printed. */
    private static String normal(TypeCase type, String text) {
        String plain = type.isArray() ? LOWER_BOUNDS.matcher(text).replaceFirst("") : text;
        if (!type.isFloat()) {
            return plain;
        }
        boolean single = type.type().startsWith("float4");
        return FLOAT.matcher(plain)
                .replaceAll(found -> single
                        ? Float.toString(Float.parseFloat(found.group()))
                        : Double.toString(Double.parseDouble(found.group())));
    }
}
