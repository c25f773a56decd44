package io.deltaforge.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ExplainConfigTest {

    private static final String CONFIG = """
            pipelines.shop {
              source { id = db, type = postgres, dsn = "postgres://shop:canary@db/shop", tables = ["public.*"] }
              sinks = [
                { id = main, type = kafka, brokers = "k1:9092", topic = t
                  client_conf { message.timeout.ms = 20000, sasl.mechanisms = PLAIN, security.protocol = sasl_ssl
                                sasl.username = shop, sasl.password = canary } }
                { id = other, type = kafka, required = false, brokers = "k2:9092", topic = t, exactly_once = true }
              ]
            }
            """;

    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private String file;

    @BeforeEach
    void write() throws IOException {
        file = Files.writeString(directory.resolve("shop.conf"), CONFIG).toString();
    }

    private int execute(String... arguments) {
        return DeltaForgeCommand.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }

    @Test
    void shouldShowPeopleWhatIsUsedAndWhereItComesFrom() {
        assertThat(execute("explain-config", "--config", file)).isZero();

        List<String> lines =
                out.toString().lines().map(line -> line.replaceAll(" +", " ")).toList();
        assertThat(lines)
                .contains(
                        "pipeline shop, sink main (kafka)",
                        " delivery.timeout.ms = 20000 set by you as message.timeout.ms",
                        " request.timeout.ms = 9999 follows from message.timeout.ms",
                        " linger.ms = 1 default of DeltaForge",
                        " sasl.jaas.config = *** set by you as sasl.password",
                        "pipeline shop, sink other (kafka)",
                        " transactional.id = deltaforge-shop-other follows from the names of pipeline and sink")
                .anySatisfy(line -> assertThat(line).endsWith("defaults of the client, shown with --all"))
                .noneSatisfy(line -> assertThat(line).contains("metadata.max.age.ms"));
        assertThat(out.toString()).doesNotContain("canary");
    }

    @Test
    void shouldShowTheClientsDefaultsWhenAsked() {
        assertThat(execute("explain-config", "--config", file, "shop", "main", "--all"))
                .isZero();

        assertThat(out.toString().replaceAll(" +", " "))
                .contains(" metadata.max.age.ms = 300000 default of the client")
                .doesNotContain("sink other");
    }

    @Test
    void shouldTellMachinesEverything() {
        assertThat(execute("explain-config", "--config", file, "shop", "other", "--json"))
                .isZero();

        Config answer = ConfigFactory.parseString(out.toString());
        List<? extends Config> sinks = answer.getConfigList("result.sinks");
        assertThat(sinks).singleElement().satisfies(sink -> {
            assertThat(sink.getString("pipeline")).isEqualTo("shop");
            assertThat(sink.getString("sink")).isEqualTo("other");
            assertThat(sink.getString("type")).isEqualTo("kafka");
            assertThat(sink.getConfigList("settings")).hasSizeGreaterThan(50).anySatisfy(setting -> {
                assertThat(setting.getString("name")).isEqualTo("metadata.max.age.ms");
                assertThat(setting.getString("origin")).isEqualTo("client");
            });
        });
        assertThat(out.toString()).doesNotContain("canary");
    }

    @Test
    void shouldSuggestTheNameThatMayHaveBeenMeant() {
        assertThat(execute("explain-config", "--config", file, "shp")).isEqualTo(ExitCode.CONFIG);
        assertThat(err.toString()).contains("There is no pipeline 'shp'", "did you mean 'shop'?");

        assertThat(execute("explain-config", "--config", file, "shop", "man")).isEqualTo(ExitCode.CONFIG);
        assertThat(err.toString()).contains("There is no sink 'man'", "did you mean 'main'?");
    }
}
