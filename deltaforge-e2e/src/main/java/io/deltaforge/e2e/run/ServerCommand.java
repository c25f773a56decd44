package io.deltaforge.e2e.run;

import static java.util.Objects.requireNonNull;

import io.deltaforge.sandbox.Sandbox;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The command line that runs a command of DeltaForge from this JVM's own class path, in any working directory. */
public final class ServerCommand {

    private static final String MAIN_CLASS = "io.deltaforge.server.Main";

    private ServerCommand() {}

    /**
     * Returns the command line of a command of DeltaForge.
     *
     * @param jvmOptions options of the JVM, after those of {@link Sandbox#jvmOptions()}
     * @param words the command, such as {@code run --config FILE}
     * @return its words
     */
    public static List<String> of(List<String> jvmOptions, String... words) {
        return command(jvmOptions, classPath(), words);
    }

    /** Returns the same with nothing but jars on the class path, which begins every class path of {@link #of}. */
    public static List<String> ofJars(List<String> jvmOptions, String... words) {
        return command(jvmOptions, jars(), words);
    }

    /** Returns the jars that every class path of {@link #of} begins with. */
    public static List<String> jars() {
        return classPath().stream().filter(ServerCommand::isJar).toList();
    }

    private static List<String> command(List<String> jvmOptions, List<String> classPath, String... words) {
        requireNonNull(jvmOptions, "jvmOptions is null");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(Sandbox.jvmOptions());
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", String.join(File.pathSeparator, classPath), MAIN_CLASS));
        command.addAll(List.of(words));
        return command;
    }

    /** Jars first: a shared archive of classes fits those that a class path begins with. */
    private static List<String> classPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .sorted(Comparator.comparing(entry -> !isJar(entry)))
                .toList();
    }

    private static boolean isJar(String entry) {
        return entry.endsWith(".jar");
    }
}
