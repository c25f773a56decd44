package io.deltaforge.e2e.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LauncherTest {
    private static final String SERVER = "io.deltaforge.server.Main";

    /** Writes what the launcher reads of a build, and a line into builds.txt. */
    private static final String MVNW = """
            #!/bin/sh
            echo "$* MAVEN_ARGS=${MAVEN_ARGS:-} JAVA_HOME=$JAVA_HOME" >> builds.txt
            if [ -f broken ]; then echo '[ERROR] Foo.java:[3,5] no such thing'; echo '[INFO] other'; exit 1; fi
            for module in deltaforge-server deltaforge-e2e deltaforge-bench; do
                mkdir -p $module/target/classes
                printf '%s' "$PWD/some jar.jar:$PWD/other.jar" > $module/target/classpath
            done
            """;

    /** Notes its arguments, one a line. */
    private static final String JAVA = "#!/bin/sh\nprintf '%s\\n' \"$@\"\nexit 42\n";

    @TempDir
    private Path temp;

    private Path home;
    private Path jdk;
    private final Map<String, String> environment = new TreeMap<>();

    @BeforeEach
    void layOut() throws IOException {
        home = Files.createDirectories(temp.resolve("a home"));
        jdk = temp.resolve("a jdk");
        Path script = Path.of("..", "deltaforge").toAbsolutePath().normalize();
        executable(home.resolve("deltaforge"), Files.readString(script));
        executable(home.resolve("mvnw"), MVNW);
        Files.writeString(home.resolve("pom.xml"), "<project/>");
        Files.writeString(home.resolve("some jar.jar"), "");
        Files.writeString(home.resolve("other.jar"), "");
        Files.createDirectories(home.resolve("deltaforge-server/src/main"));
        Files.writeString(home.resolve("deltaforge-server/pom.xml"), "<project/>");
        installJdk("17.0.15");
        environment.put("JAVA_HOME", jdk.toString());
    }

    @Test
    void shouldBuildOnceAndBecomeTheJvmWithTheArgumentsAsTheyAre() throws Exception {
        Result first = deltaforge("run", "--config", "my file.conf");
        Result second = deltaforge("version");

        assertThat(first.status).isEqualTo(42);
        assertThat(first.err).containsOnlyOnce("Building DeltaForge");
        assertThat(first.out.subList(first.out.indexOf(SERVER), first.out.size()))
                .containsExactly(SERVER, "run", "--config", "my file.conf");
        assertThat(first.out).contains("-XX:+ExitOnOutOfMemoryError");
        assertThat(first.out.get(first.out.indexOf("-cp") + 1))
                .endsWith("deltaforge-server/target/classes:" + real("some jar.jar") + ":" + real("other.jar"));
        assertThat(second.err).isEmpty();
        assertThat(builds()).singleElement().asString().contains("-pl deltaforge-server -am", "-DskipTests");
    }

    @Test
    void shouldRunFromAnotherDirectoryThroughLinks() throws Exception {
        Path bin = Files.createDirectories(temp.resolve("bin"));
        Files.createSymbolicLink(bin.resolve("direct"), home.resolve("deltaforge"));
        Path link = Files.createSymbolicLink(bin.resolve("relative"), Path.of("direct"));

        Result result = run(temp, link.toString(), "version");

        assertThat(result.out).endsWith(SERVER, "version");
        assertThat(builds()).hasSize(1);
    }

    @Test
    void shouldGiveQuickstartAndBenchToTheirOwnModules() throws Exception {
        assertThat(deltaforge("quickstart", "--rate", "5").out)
                .endsWith("io.deltaforge.e2e.quickstart.Quickstart", "--rate", "5")
                .contains("-Ddeltaforge.terminal=false");
        assertThat(deltaforge("bench", "jmh").out).endsWith("io.deltaforge.bench.BenchMain", "jmh");
        assertThat(deltaforge("run").err).as("built with the quickstart").isEmpty();
        assertThat(builds()).hasSize(2);
    }

    @Test
    void shouldBuildAgainWhenASourceIsNewerThanWhatWasBuilt() throws Exception {
        deltaforge("version");
        Path source = home.resolve("deltaforge-server/src/main/New.java");
        Files.writeString(source, "");
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(5)));

        assertThat(deltaforge("version").err).contains("sources have changed");
        assertThat(builds()).hasSize(2);
    }

    @Test
    void shouldBuildAgainWhenPartOfTheClassPathIsGone() throws Exception {
        deltaforge("version");
        Files.delete(home.resolve("some jar.jar"));

        deltaforge("version");

        assertThat(builds()).hasSize(2);
    }

    @Test
    void shouldLeaveTheBuildsOwnOptionsToIt() throws Exception {
        environment.put("MAVEN_ARGS", "-Dmaven.repo.local=/somewhere else");

        deltaforge("version");

        assertThat(builds())
                .singleElement()
                .asString()
                .contains("MAVEN_ARGS=-Dmaven.repo.local=/somewhere else", "JAVA_HOME=" + jdk);
    }

    @Test
    void shouldShowTheErrorsOfABuildThatFails() throws Exception {
        Files.writeString(home.resolve("broken"), "");

        Result result = deltaforge("version");

        assertThat(result.status).isEqualTo(3);
        assertThat(result.err)
                .contains("Foo.java:[3,5]", "the build failed", "build.log")
                .doesNotContain("other");
        Files.delete(home.resolve("broken"));
        assertThat(deltaforge("version").status).as("no lock is left").isEqualTo(42);
    }

    @Test
    void shouldNotWaitForTheLockOfAProcessThatIsGone() throws Exception {
        Files.createDirectories(home.resolve("target/launcher"));
        Files.createSymbolicLink(home.resolve("target/launcher/lock"), Path.of("999999999"));

        assertThat(deltaforge("version").status).isEqualTo(42);
    }

    @Test
    void shouldAllowNativeAccessAloudWhereJavaWantsThat() throws Exception {
        assertThat(deltaforge("version").out).doesNotContain("--enable-native-access=ALL-UNNAMED");
        installJdk("25.0.1");
        assertThat(deltaforge("version").out).contains("--enable-native-access=ALL-UNNAMED");
    }

    @Test
    void shouldSayWhichJavaIsTooOldAndWhatToDo() throws Exception {
        installJdk("11.0.2");

        Result result = deltaforge("version");

        assertThat(result.status).isEqualTo(3);
        assertThat(result.err).contains("JAVA_HOME=" + jdk + " is Java 11.0.2", "needs 17 or later");
        assertThat(home.resolve("builds.txt")).doesNotExist();
    }

    @Test
    void shouldSayThatJavaHomeHasNoJava() throws Exception {
        environment.put("JAVA_HOME", "/nowhere");

        assertThat(deltaforge("version").err).contains("JAVA_HOME is /nowhere", "Set JAVA_HOME");
    }

    @Test
    void shouldSayThatThereIsNoJavaAtAll() throws Exception {
        environment.remove("JAVA_HOME");
        environment.put("PATH", pathWithoutJava());

        Result result = deltaforge("version");

        assertThat(result.status).isEqualTo(3);
        assertThat(result.err).contains("no Java found", "Install a JDK 17");
    }

    @Test
    void shouldSayThatARuntimeWithoutCompilerCannotBuild() throws Exception {
        Files.delete(jdk.resolve("bin/javac"));

        assertThat(deltaforge("version").err).contains("has no bin/javac", "needs a JDK");
    }

    @Test
    void shouldTellItsCommandsWithoutBuildingAnything() throws Exception {
        assertThat(deltaforge("--help").out).anyMatch(line -> line.contains("quickstart"));
        assertThat(deltaforge().status).isEqualTo(2);
        assertThat(home.resolve("builds.txt")).doesNotExist();
    }

    private record Result(int status, List<String> out, String err) {}

    private Result deltaforge(String... arguments) throws IOException, InterruptedException {
        return run(home, "./deltaforge", arguments);
    }

    private Result run(Path directory, String command, String... arguments) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(command));
        line.addAll(List.of(arguments));
        Path out = temp.resolve("out.txt");
        Path err = temp.resolve("err.txt");
        ProcessBuilder builder = new ProcessBuilder(line)
                .directory(directory.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        List.of("JAVA_HOME", "MAVEN_ARGS", "DELTAFORGE_JAVA_OPTS").forEach(builder.environment()::remove);
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Result(process.exitValue(), Files.readAllLines(out), Files.readString(err, StandardCharsets.UTF_8));
    }

    private List<String> builds() throws IOException {
        return Files.readAllLines(home.resolve("builds.txt"));
    }

    private String real(String name) throws IOException {
        return home.resolve(name).toRealPath().toString();
    }

    private void installJdk(String version) throws IOException {
        Files.createDirectories(jdk.resolve("bin"));
        executable(jdk.resolve("bin/java"), JAVA);
        executable(jdk.resolve("bin/javac"), JAVA);
        Files.writeString(jdk.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
    }

    /** The tools that the launcher uses, and no Java. */
    private String pathWithoutJava() throws IOException {
        Path bin = Files.createDirectories(temp.resolve("tools"));
        for (String tool : List.of("sh", "readlink", "dirname", "sed", "head", "find", "cat", "mkdir", "ln", "rm")) {
            for (String directory : List.of("/usr/bin", "/bin")) {
                Path found = Path.of(directory, tool);
                if (Files.exists(found) && Files.notExists(bin.resolve(tool))) {
                    executable(bin.resolve(tool), "#!/bin/sh\nexec " + found + " \"$@\"\n");
                }
            }
        }
        return bin.toString();
    }

    private static void executable(Path file, String content) throws IOException {
        Files.writeString(file, content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
