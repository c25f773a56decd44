package io.deltaforge.source.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import io.deltaforge.sandbox.PostgresServer;
import io.deltaforge.sandbox.Sandbox;
import io.deltaforge.testkit.context.SettingsDraft;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS is what sslmode asks for, on both sessions, and a server that does not offer it or is another one is refused. */
final class TlsIT {

    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    private Path directory;

    @Test
    void shouldRefuseAServerWithoutTlsWhenTlsIsRequired() {
        PostgresServer server = Sandbox.postgres();
        String database = Sandbox.createDatabase("tls");
        for (String mode : new String[] {"require", "verify-ca", "verify-full"}) {
            try (SourceUnderTest source = new SourceUnderTest(
                    Drafts.of("dsn", server.dsn(database) + "?sslmode=" + mode, "slot", database))) {
                SourceException failure = catchThrowableOfType(SourceException.class, source::open);
                assertThat(failure.kind()).as(mode).isEqualTo(ErrorKind.HELD);
                assertThat(failure.remedy().orElseThrow()).contains("sslmode");
            }
        }
        try (SourceUnderTest source =
                new SourceUnderTest(Drafts.of("dsn", server.dsn(database) + "?sslmode=prefer", "slot", database))) {
            assertThat(source.open().identity()).isNotNull();
        }
    }

    @Test
    void shouldReadOverTlsFromTheServerThatTheCertificateNames() throws Exception {
        KeyStore own = selfSigned("own");
        KeyStore foreign = selfSigned("foreign");
        try (PostgresServer server = PostgresServer.builder().start()) {
            install(server, "server.crt", certificate(own));
            install(
                    server,
                    "server.key",
                    pem("PRIVATE KEY", own.getKey("server", PASSWORD).getEncoded()));
            server.execute("ALTER SYSTEM SET ssl = on", "CREATE TABLE item (id int PRIMARY KEY)");
            server.restart();
            String dsn = server.dsn("postgres") + "?sslmode=verify-full&sslrootcert=";
            SettingsDraft settings = Drafts.of("dsn", dsn + file("own.pem", certificate(own)), "slot", "tls");
            try (SourceUnderTest source = SourceUnderTest.started(settings)) {
                server.execute("INSERT INTO item VALUES (1)");
                source.awaitTexts("c public.item +(id=1)");
                assertThat(sessionsWithoutTls(server)).isZero();
            }
            SettingsDraft wrong = Drafts.of("dsn", dsn + file("foreign.pem", certificate(foreign)), "slot", "tls");
            try (SourceUnderTest source = new SourceUnderTest(wrong)) {
                SourceException failure = catchThrowableOfType(SourceException.class, source::open);
                assertThat(failure.kind()).isEqualTo(ErrorKind.HELD);
                assertThat(failure.reason()).isEqualTo("TLS");
            }
        }
    }

    private static int sessionsWithoutTls(PostgresServer server) throws Exception {
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT count(*) FROM pg_stat_activity a JOIN pg_stat_ssl s USING (pid)"
                                + " WHERE a.application_name = 'deltaforge-test' AND NOT s.ssl")) {
            row.next();
            return row.getInt(1);
        }
    }

    /** Has the server write the file itself, so that it belongs to the server's user. */
    private static void install(PostgresServer server, String file, String content) {
        server.execute("COPY (SELECT unnest(string_to_array('" + content + "', E'\\n'))) TO PROGRAM 'cat > " + file
                + " && chmod 600 " + file + "'");
    }

    private KeyStore selfSigned(String name) throws Exception {
        Path store = directory.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "RSA",
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        new String(PASSWORD))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(name + ".log").toFile())
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        return keys;
    }

    private static String certificate(KeyStore keys) throws Exception {
        return pem("CERTIFICATE", keys.getCertificate("server").getEncoded());
    }

    private static String pem(String kind, byte[] content) {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----";
    }

    private Path file(String name, String content) throws Exception {
        return Files.writeString(directory.resolve(name), content, StandardCharsets.US_ASCII);
    }
}
