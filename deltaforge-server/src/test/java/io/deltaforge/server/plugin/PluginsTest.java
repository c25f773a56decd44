package io.deltaforge.server.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PluginsTest {

    private static final List<String> BUILT_IN_SINKS = List.of("kafka", "ledger");

    @TempDir
    private Path plugins;

    private Plugins found() {
        return Plugins.find(Optional.of(plugins));
    }

    /** A sink that does nothing, in a plugin of that name. */
    private static BuiltPlugin sink(String name, String type) {
        return sinkThat(name, "return \"" + type + "\";", "");
    }

    private static BuiltPlugin sinkThat(String name, String typeBody, String constructorBody) {
        return new BuiltPlugin(name)
                .registers(PluginKind.SINK, "plugin.Factory")
                .source("Factory", """
                    package plugin;
                    import io.deltaforge.api.config.*;
                    import io.deltaforge.api.sink.*;
                    public class Factory implements SinkFactory {
                        public Factory() { %s }
                        public String type() { %s }
                        public ConfigSpec config() { return ConfigSpec.of("Does nothing."); }
                        public Sink create(Settings settings, SinkContext context) { return null; }
                    }
                    """.formatted(constructorBody, typeBody));
    }

    private void assertOnlyBuiltInAnd(String... sinks) {
        Set<String> all = new TreeSet<>(BUILT_IN_SINKS);
        all.addAll(List.of(sinks));
        assertThat(found().sinks()).containsOnlyKeys(all);
    }

    @Test
    void shouldFindABuiltPluginBesideThoseOfTheClassPath() throws IOException {
        Path directory = sink("nothing", "nothing")
                .says("Implementation-Version", "3.2.1")
                .into(plugins);
        assertOnlyBuiltInAnd("nothing");
        assertThat(found().problems()).isEmpty();
        FoundPlugin plugin = found().found().stream()
                .filter(any -> !any.builtIn())
                .findFirst()
                .orElseThrow();
        assertThat(plugin.kind()).isEqualTo(PluginKind.SINK);
        assertThat(plugin.type()).isEqualTo("nothing");
        assertThat(plugin.version()).hasValue("3.2.1");
        assertThat(plugin.origin()).isEqualTo(directory.resolve("nothing.jar").toString());
        assertThat(plugin.config().doc()).isEqualTo("Does nothing.");
        assertThat(plugin.state()).isEqualTo(FoundPlugin.State.READY);
    }

    @Test
    void shouldFindEveryKindOfBuiltInPlugin() {
        Plugins builtIn = Plugins.onClassPath();
        assertThat(builtIn.sources()).containsKey("postgres");
        assertThat(builtIn.processors()).containsKey("filter");
        assertThat(builtIn.sinks()).containsKey("kafka");
        assertThat(builtIn.stores()).containsKey("rocksdb");
        assertThat(builtIn.found()).allMatch(FoundPlugin::builtIn);
    }

    @Test
    void shouldRefuseBothOfTwoPluginsWithOneTypeAndNameThem() throws IOException {
        Path one = sink("one", "file").into(plugins);
        Path two = sink("two", "file").into(plugins);
        sink("three", "other").into(plugins);
        assertOnlyBuiltInAnd("other");
        assertThat(found().whyNot(PluginKind.SINK, "file")).singleElement().satisfies(problem -> {
            assertThat(problem.code()).isEqualTo("PLUGIN_CONFLICT");
            assertThat(problem.message())
                    .contains(
                            "sink type 'file'",
                            "plugin.Factory in " + one.resolve("one.jar"),
                            "plugin.Factory in " + two.resolve("two.jar"));
        });
        assertThat(found().whyNot(PluginKind.SINK, "fiel")).isEmpty();
        assertThat(found().whyNot(PluginKind.SOURCE, "file")).isEmpty();
        assertThat(found().found().stream().filter(plugin -> plugin.state() == FoundPlugin.State.CONFLICT))
                .hasSize(2)
                .allMatch(plugin -> plugin.rivals().size() == 1);
    }

    @Test
    void shouldNeverLetAPluginTakeThePlaceOfABuiltInOne() throws IOException {
        Path kafka = sink("kafka", "kafka").into(plugins);
        Plugins found = found();
        assertThat(found.sinks()).doesNotContainKey("kafka");
        assertThat(found.whyNot(PluginKind.SINK, "kafka")).singleElement().satisfies(problem -> assertThat(
                        problem.message())
                .contains("io.deltaforge.sink.kafka.KafkaSinkFactory", kafka.toString()));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
        its constructor fails    | return "bad"; | throw new IllegalStateException("no luck"); | no luck
        its class cannot be made | return "bad"; | throw new NoClassDefFoundError("lost/Lost"); | lost/Lost
        its type fails           | throw new IllegalStateException("who am I"); | "" | who am I
        it has no type           | return null;  | "" | its type is 'null'
        its type is no name      | return "A b"; | "" | its type is 'A b'
        """)
    void shouldKeepTheOthersWhen(String what, String type, String constructor, String reason) throws IOException {
        sink("good", "good").into(plugins);
        Path bad = sinkThat("bad", type, constructor).into(plugins);
        assertOnlyBuiltInAnd("good");
        assertThat(found().whyNot(PluginKind.SINK, "bad"))
                .as(what)
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.code()).isEqualTo("PLUGIN_NOT_LOADED");
                    assertThat(problem.place()).isEqualTo(bad.toString());
                    assertThat(problem.message()).contains("plugin.Factory", reason);
                });
    }

    @Test
    void shouldKeepTheOtherClassesOfAPluginWhenOneIsMissing() throws IOException {
        sink("half", "whole")
                .registers(PluginKind.SINK, "plugin.Lost", "plugin.Factory")
                .into(plugins);
        assertOnlyBuiltInAnd("whole");
        assertThat(found().problems()).singleElement().satisfies(problem -> assertThat(problem.message())
                .contains("plugin.Lost"));
    }

    @Test
    void shouldKeepTheOthersWhenAJarIsDamaged() throws IOException {
        sink("good", "good").into(plugins);
        Path bad = sink("bad", "bad").into(plugins);
        Files.writeString(bad.resolve("library.jar"), "this is no jar");
        assertOnlyBuiltInAnd("good");
        assertThat(found().problems()).singleElement().satisfies(problem -> {
            assertThat(problem.place()).isEqualTo(bad.toString());
            assertThat(problem.message()).contains("a jar cannot be read");
        });
    }

    @Test
    void shouldSayWhereAPluginBelongs() throws IOException {
        Path jar = Files.createFile(plugins.resolve("stray.jar"));
        Path empty = Files.createDirectory(plugins.resolve("empty"));
        Files.createFile(plugins.resolve("README.txt"));
        Files.createDirectory(plugins.resolve(".git"));
        assertThat(found().problems())
                .extracting(PluginProblem::place)
                .containsExactly(empty.toString(), jar.toString());
        assertThat(found().problems())
                .extracting(PluginProblem::message)
                .satisfiesExactly(
                        first -> assertThat(first).contains("no jar in it registers a plugin", "META-INF/services/"),
                        second -> assertThat(second)
                                .contains(plugins.resolve("stray")
                                        .resolve("stray.jar")
                                        .toString()));
    }

    @Test
    void shouldRefusePluginsOfAnotherApi() throws IOException {
        ApiVersion ours = ApiVersion.ours();
        String newer = ours.major() + "." + ours.minor() + "." + (ours.patch() + 1);
        Path jar = sink("newer", "newer").says(PluginJar.API_VERSION, newer).into(plugins);
        sink("older", "older")
                .says(PluginJar.API_VERSION, (ours.major() + 1) + ".0.0")
                .into(plugins);
        sink("odd", "odd").says(PluginJar.API_VERSION, "latest").into(plugins);
        assertOnlyBuiltInAnd();
        assertThat(found().problems()).hasSize(3).allMatch(problem -> problem.code()
                .equals("PLUGIN_API_VERSION"));
        assertThat(found().problems().get(0).toString())
                .startsWith(jar.resolve("newer.jar").toString())
                .contains("version " + newer + " of the API", ours.accepted());
    }

    @Test
    void shouldOnlyWarnWhenAPluginDoesNotSayItsApi() throws IOException {
        sink("silent", "silent").says(PluginJar.API_VERSION, null).into(plugins);
        assertOnlyBuiltInAnd("silent");
        assertThat(found().problems()).singleElement().satisfies(problem -> {
            assertThat(problem.warning()).isTrue();
            assertThat(problem.message()).contains("DeltaForge-Api-Version");
        });
    }

    @Test
    void shouldDropWhatIsNotAPluginsOwn() throws IOException {
        Path directory = sink("child", "child").into(plugins);
        URL[] jars = {directory.resolve("child.jar").toUri().toURL()};
        PluginSearch search = new PluginSearch();
        try (URLClassLoader child = new URLClassLoader(jars, getClass().getClassLoader())) {
            search.search(new PluginSearch.Place(child, "child", false) {
                @Override
                boolean owns(Class<?> type) {
                    return type.getClassLoader() == child;
                }
            });
        }
        assertThat(search.candidates())
                .extracting(candidate -> candidate.plugin().type())
                .containsExactly("child");
        assertThat(search.problems())
                .isNotEmpty()
                .allMatch(problem -> problem.code().equals("PLUGIN_FOREIGN_CLASS"))
                .anyMatch(problem -> problem.message().contains("io.deltaforge.sink.kafka.KafkaSinkFactory"));
    }

    @Test
    void shouldSayThatTheDirectoryIsMissing() {
        assertThatThrownBy(() -> Plugins.find(Optional.of(plugins.resolve("nowhere"))))
                .isInstanceOf(PluginException.class)
                .hasMessageContaining(plugins.resolve("nowhere") + " is not a directory");
    }
}
