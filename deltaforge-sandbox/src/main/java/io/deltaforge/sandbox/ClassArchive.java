package io.deltaforge.sandbox;

import static java.util.Objects.requireNonNull;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A shared archive of the classes that a program loads at its start (AppCDS), which takes a third off each later start.
 *
 * <p>Made by one run of the program, once for the jars it is made of; a JVM passes over an archive that does not fit without a
 * word. Safe between processes; one thread of a JVM at a time.
 */
public final class ClassArchive {

    private static final Logger LOG = LoggerFactory.getLogger(ClassArchive.class);
    private static final List<String> QUIET = List.of("-Xlog:cds=off", "-Xlog:cds+dynamic=off");

    private ClassArchive() {}

    /** One run of the program, for its classes. */
    @FunctionalInterface
    public interface Training {

        /**
         * Runs the program until it has started, and ends it in good order.
         *
         * @param jvmOptions what its JVM is to be given
         * @throws IOException if a file cannot be written
         */
        void run(List<String> jvmOptions) throws IOException;
    }

    /**
     * Returns the options that make a JVM use an archive, which is made if it is not there; none when it cannot be made.
     *
     * @param directory where it is kept
     * @param name what the program is
     * @param jars what the program's class path begins with, in this order; nothing but jars
     * @param training makes the program's JVM write it
     * @return options of the JVM
     */
    public static List<String> jvmOptions(Path directory, String name, List<String> jars, Training training) {
        requireNonNull(directory, "directory is null");
        requireNonNull(training, "training is null");
        try {
            Path archive = directory.resolve(name + "-" + identity(jars) + ".jsa");
            if (!Files.exists(archive)) {
                make(directory, name, archive, training);
            }
            return List.of(QUIET.get(0), QUIET.get(1), "-XX:SharedArchiveFile=" + archive.toAbsolutePath());
        } catch (IOException | SandboxException e) {
            LOG.warn("No shared archive of the classes of {}: it starts more slowly", name, e);
            return List.of();
        }
    }

    /** The JVM compares sizes and times, too. */
    private static String identity(List<String> jars) throws IOException {
        StringBuilder text = new StringBuilder(Runtime.version().toString());
        for (String jar : jars) {
            Path file = Path.of(jar);
            text.append(File.pathSeparator)
                    .append(jar)
                    .append(' ')
                    .append(Files.size(file))
                    .append(' ')
                    .append(Files.getLastModifiedTime(file));
        }
        return UUID.nameUUIDFromBytes(text.toString().getBytes(StandardCharsets.UTF_8))
                .toString();
    }

    private static void make(Path directory, String name, Path archive, Training training) throws IOException {
        try (FileChannel channel = FileChannel.open(
                        directory.resolve(name + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            if (lock.isValid() && !Files.exists(archive)) {
                training.run(
                        List.of(QUIET.get(0), QUIET.get(1), "-XX:ArchiveClassesAtExit=" + archive.toAbsolutePath()));
            }
        }
    }
}
