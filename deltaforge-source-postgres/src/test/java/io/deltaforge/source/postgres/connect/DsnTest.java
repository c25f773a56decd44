package io.deltaforge.source.postgres.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaforge.api.config.Secret;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGProperty;

final class DsnTest {

    private static Dsn parse(String text) {
        List<String> problems = new ArrayList<>();
        Dsn dsn = Dsn.parse(new Secret(text), problems::add);
        assertThat(problems).isEmpty();
        return dsn;
    }

    private static List<String> problems(String text) {
        List<String> problems = new ArrayList<>();
        assertThat(Dsn.parse(new Secret(text), problems::add)).isNull();
        assertThat(problems).isNotEmpty();
        return problems;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgres://ann:p%40ss+w%3Ard@db.example:5433/shop?sslmode=verify-full&sslrootcert=/ca.pem",
                "postgresql://ann:p%40ss+w%3Ard@db.example:5433/shop?sslmode=verify-full&sslrootcert=/ca.pem",
                "jdbc:postgresql://db.example:5433/shop?user=ann&password=p%40ss+w%3Ard&sslmode=verify-full&sslrootcert=/ca.pem",
                "host=db.example port = 5433 dbname=shop user=ann password='p@ss+w:rd' sslmode=verify-full sslrootcert=/ca.pem",
                "  user=ann password=p@ss+w\\:rd host=db.example port=5433 database=shop sslmode=verify-full sslrootcert='/ca.pem'",
            })
    void shouldReadTheSameFromEveryForm(String text) {
        Dsn dsn = parse(text);
        assertThat(dsn.hosts()).isEqualTo("db.example:5433");
        assertThat(dsn.database()).isEqualTo("shop");
        assertThat(dsn.user()).isEqualTo("ann");
        assertThat(dsn.url()).isEqualTo("jdbc:postgresql://db.example:5433/shop");
        Properties expected = new Properties();
        expected.setProperty("user", "ann");
        expected.setProperty("password", "p@ss+w:rd");
        expected.setProperty("sslmode", "verify-full");
        expected.setProperty("sslrootcert", "/ca.pem");
        assertThat(dsn.properties()).isEqualTo(expected);
    }

    @Test
    void shouldHaveDefaultsLikeLibpq() {
        Dsn dsn = parse("user=ann");
        assertThat(dsn.hosts()).isEqualTo("localhost:5432");
        assertThat(dsn.database()).isEqualTo("ann");
    }

    @Test
    void shouldReadSeveralHostsAndAddresses() {
        assertThat(parse("postgres://u@a:1,b,[::1]:3/d").hosts()).isEqualTo("a:1,b:5432,[::1]:3");
        assertThat(parse("host=a,::1 port=7 user=u dbname=d").hosts()).isEqualTo("a:7,[::1]:7");
    }

    @Test
    void shouldTranslateLibpqsNamesToThoseOfTheDriver() {
        Properties properties = parse("user=u application_name=x connect_timeout=3 keepalives=1 channel_binding=require"
                        + " target_session_attrs=read-write gssencmode=disable")
                .properties();
        assertThat(properties)
                .containsEntry("ApplicationName", "x")
                .containsEntry("connectTimeout", "3")
                .containsEntry("tcpKeepAlive", "true")
                .containsEntry("channelBinding", "require")
                .containsEntry("targetServerType", "primary")
                .containsEntry("gssEncMode", "disable");
    }

    @Test
    void shouldKnowOnlyPropertiesThatTheDriverHas() {
        Set<String> unknown = new TreeSet<>(DsnParameters.pgjdbcProperties());
        unknown.removeAll(List.of(DsnParameters.HOST, DsnParameters.PORT, DsnParameters.DATABASE));
        Arrays.stream(PGProperty.values()).map(PGProperty::getName).forEach(unknown::remove);
        assertThat(unknown).isEmpty();
    }

    @Test
    void shouldNameTheNearestParameter() {
        assertThat(problems("postgres://u@h/d?sslmod=require"))
                .containsExactly("parameter sslmod is not known, did you mean sslmode?");
        assertThat(problems("host=h usr=u")).first().asString().contains("did you mean user");
    }

    @Test
    void shouldReportAllProblemsAtOnce() {
        assertThat(problems("postgres://u@h:99999/d?sslmod=x&nothing_like_it=y&z"))
                .hasSize(4);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgres://u:Canary@x@y:z/Canary@h/d",
                "postgres://u:Canary/Canary@h/d",
                "postgres://u:Canary?Canary=1@h/d",
                "postgres://u:%zzCanary@h/d",
                "postgres://u:Canary#Canary@h d/d",
                "user=u password=Canary Canary host=h",
                "user=u password=Canary Canary=5",
                "user=u password='Canary",
                "mysql://u:Canary@h/d",
                "postgres:u:Canary@h/d",
                "postgres://:Canary@h/d",
                "password=Canary",
                "host=/var/run password=Canary user=u",
            })
    void shouldNeverShowAPassword(String text) {
        assertThat(String.join("\n", problems(text))).doesNotContain("Canary");
    }

    @Test
    void shouldNotShowSecretsAsText() {
        assertThat(parse("postgres://u:Canary@h/d?sslpassword=Canary").toString())
                .isEqualTo("u@h:5432/d");
    }
}
