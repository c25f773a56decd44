package io.deltaforge.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PostgresServerIT {
    private static PostgresServer server;

    @BeforeAll
    static void startServer() {
        server = PostgresServer.builder().setting("wal_sender_timeout", "5s").start();
    }

    @AfterAll
    static void closeServer() {
        Path data = server.dataDirectory();
        ProcessHandle postmaster = ProcessHandle.of(server.pid()).orElseThrow();
        server.close();

        assertThat(data.getParent()).doesNotExist();
        assertThat(ProcessTree.isRunning(postmaster)).isFalse();
    }

    @Test
    void shouldBeDurableAndReadyForLogicalReplication() throws SQLException {
        assertThat(query("SHOW wal_level")).isEqualTo("logical");
        assertThat(query("SHOW fsync")).isEqualTo("on");
        assertThat(query("SHOW synchronous_commit")).isEqualTo("on");
        assertThat(query("SHOW server_encoding")).isEqualTo("UTF8");
        assertThat(query("SHOW wal_sender_timeout")).isEqualTo("5s");
        assertThat(query("SELECT slot_name FROM pg_create_logical_replication_slot('s1', 'pgoutput')"))
                .isEqualTo("s1");
        server.execute("SELECT pg_drop_replication_slot('s1')");
    }

    @Test
    void shouldReportItsProcessAndItsCpuTime() throws SQLException {
        assertThat(ProcessHandle.of(server.pid()).orElseThrow().children()).isNotEmpty();
        assertThat(server.port()).isEqualTo(Integer.parseInt(query("SHOW port")));

        double before = server.cpuSeconds();
        server.execute("SELECT count(*) FROM generate_series(1, 3000000)");

        // The backend is gone by then: its time has to be found at its parent.
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> server.cpuSeconds() > before);
        assertThat(server.walSenderCpuSeconds()).isZero();
    }

    @Test
    void shouldRefuseAWrongPasswordAndAcceptItsDsn() throws SQLException {
        assertThatThrownBy(() -> DriverManager.getConnection(server.jdbcUrl("postgres"), server.user(), "wrong"))
                .hasMessageContaining("password authentication failed");
        assertThat(server.dsn("shop"))
                .isEqualTo("postgresql://%s:%s@127.0.0.1:%d/shop", server.user(), server.password(), server.port());
    }

    @Test
    void shouldKeepCommittedRowsWhenKilledAndServeThemOnTheSamePort() throws SQLException {
        server.execute("CREATE TABLE kept (id int PRIMARY KEY)", "INSERT INTO kept VALUES (1), (2)");
        int port = server.port();
        ProcessHandle postmaster = ProcessHandle.of(server.pid()).orElseThrow();
        var children = postmaster.descendants().toList();

        server.kill();

        assertThat(server.isRunning()).isFalse();
        assertThat(children).isNotEmpty().noneMatch(ProcessTree::isRunning);

        server.restart();

        assertThat(server.port()).isEqualTo(port);
        assertThat(query("SELECT count(*) FROM kept")).isEqualTo("2");
    }

    @Test
    void shouldRestartInGoodOrder() throws SQLException {
        server.execute("CREATE TABLE stopped (id int)", "INSERT INTO stopped VALUES (1)");

        server.restart();

        assertThat(query("SELECT count(*) FROM stopped")).isEqualTo("1");
        assertThat(server.logTail()).doesNotContain("not properly shut down");
    }

    @Test
    void shouldNotAnswerWhilePausedAndAnswerTheSameRequestAfterwards() throws Exception {
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            server.pause();
            CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> {
                try (ResultSet rows = statement.executeQuery("SELECT 42")) {
                    rows.next();
                    return rows.getString(1);
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });

            assertThatThrownBy(() -> answer.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);

            server.resume();
            assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo("42");
        }
    }

    @Test
    void shouldNameTheStatementThatFails() {
        assertThatThrownBy(() -> server.execute("SELECT 1", "SELEC 2"))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("SELEC 2")
                .hasMessageContaining("syntax error");
    }

    @Test
    void shouldRefuseAPortThatIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            PostgresServer.Builder builder = PostgresServer.builder().port(taken.getLocalPort());

            assertThatThrownBy(builder::start)
                    .isInstanceOf(SandboxException.class)
                    .hasMessageContaining("port " + taken.getLocalPort() + " on 127.0.0.1 is taken");
        }
    }

    @Test
    void shouldShowTheLogOfAServerThatDoesNotStart() {
        PostgresServer.Builder builder = PostgresServer.builder().setting("no_such_setting", "1");

        assertThatThrownBy(builder::start)
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("before it was ready")
                .hasMessageContaining("unrecognized configuration parameter \"no_such_setting\"");
    }

    @Test
    void shouldKeepAGivenDataDirectoryAndStartFromItAgain(@TempDir Path directory) throws SQLException {
        Path data = directory.resolve("data");
        try (PostgresServer first = PostgresServer.builder().dataDirectory(data).start()) {
            first.execute("CREATE TABLE kept (id int)");
        }
        assertThat(Files.exists(data.resolve("PG_VERSION"))).isTrue();
        try (PostgresServer second =
                PostgresServer.builder().dataDirectory(data).start()) {
            second.execute("INSERT INTO kept VALUES (1)");
        }
    }

    private static String query(String sql) throws SQLException {
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }
}
