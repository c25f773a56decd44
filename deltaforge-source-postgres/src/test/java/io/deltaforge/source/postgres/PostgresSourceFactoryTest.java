package io.deltaforge.source.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.deltaforge.api.config.ConfigField;
import io.deltaforge.api.config.ConfigField.Type;
import io.deltaforge.api.error.ConfigException;
import io.deltaforge.api.source.SourceFactory;
import io.deltaforge.testkit.context.SettingsDraft;
import io.deltaforge.testkit.context.TestSourceContext;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

final class PostgresSourceFactoryTest {

    private static ConfigException refused(SettingsDraft settings) {
        return catchThrowableOfType(ConfigException.class, () -> new PostgresSourceFactory()
                .create(settings, new TestSourceContext("test")));
    }

    @Test
    void shouldBeFound() {
        assertThat(ServiceLoader.load(SourceFactory.class))
                .anySatisfy(factory -> assertThat(factory.type()).isEqualTo("postgres"));
    }

    @Test
    void shouldKeepTheConnectionStringSecret() {
        ConfigField dsn = new PostgresSourceFactory().config().field("dsn").orElseThrow();
        assertThat(dsn.type()).isEqualTo(Type.SECRET);
        assertThat(dsn.required()).isTrue();
    }

    @Test
    void shouldReportEveryProblemAtOnce() {
        ConfigException failure = refused(Drafts.of(
                "dsn",
                "postgres://u:Canary@h/d?sslmod=x",
                "slot",
                "Bad-Slot",
                "publication",
                "",
                "tables",
                List.of("a.b.c")));
        assertThat(failure.problems())
                .extracting(ConfigException.Problem::path)
                .containsExactly("source.dsn", "source.slot", "source.publication", "source.tables");
        assertThat(failure.getMessage()).contains("sslmode", "a.b.c").doesNotContain("Canary");
        assertThat(refused(Drafts.of()).problems())
                .extracting(ConfigException.Problem::path)
                .containsExactly("source.dsn");
    }

    @Test
    void shouldNameTheSlotAfterThePipelineAndThePublicationAfterTheSlot() {
        SettingsDraft settings = Drafts.of("dsn", "user=u");
        PostgresSettings plain = PostgresSettings.of(settings, "My.Shop-1");
        assertThat(plain.slot()).isEqualTo("deltaforge_my_shop_1");
        assertThat(plain.publication()).isEqualTo("deltaforge_my_shop_1");
        assertThat(PostgresSettings.of(settings, "x".repeat(63)).slot()).hasSize(63);
        assertThat(PostgresSettings.of(settings.set("slot", "s1"), "p").publication())
                .isEqualTo("s1");
    }
}
