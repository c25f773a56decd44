package io.deltaforge.e2e.run;

import io.deltaforge.sandbox.ChildProcess;
import io.deltaforge.sandbox.Sandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A shared archive of the classes that a start of DeltaForge loads, made once per build: it takes a third off each of some
 * hundred starts. An archive that does not fit is passed over by the JVM without a word.
 */
final class ClassArchive {

    private static final Path BUILD = Path.of("target");
    private static final Duration TIMEOUT = Duration.ofMinutes(1);
    private static final List<String> QUIET = List.of("-Xlog:cds=off", "-Xlog:cds+dynamic=off");

    /** Nobody listens there: the program starts and finds nothing to do. */
    private static final String NOTHING = """
        deltaforge { data_dir = "%s", metrics { port = 0 }, api { port = 0 } }
        pipelines.nothing {
          source { type = postgres, dsn = "postgres://nobody@127.0.0.1:1/nothing" }
          sinks = [ { id = kafka, type = kafka, brokers = "127.0.0.1:1", topic = nothing } ]
        }
        """;

    private ClassArchive() {}

    /** Returns the options that make a JVM use the archive; makes it at first use. */
    static List<String> jvmOptions() {
        Path archive = Made.ARCHIVE;
        if (!Files.exists(archive)) {
            return List.of();
        }
        List<String> options = new ArrayList<>(QUIET);
        options.add("-XX:SharedArchiveFile=" + archive.toAbsolutePath());
        return options;
    }

    private static final class Made {
        private static final Path ARCHIVE = makeOnce();
    }

    private static Path makeOnce() {
        Path archive = BUILD.resolve("classes-" + Runtime.version() + ".jsa");
        try (FileChannel channel = FileChannel.open(
                        BUILD.resolve("classes.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            if (lock.isValid() && !Files.exists(archive)) {
                make(archive);
            }
            return archive;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void make(Path archive) throws IOException {
        Path work = Sandbox.createDirectory("class-archive");
        Path config = Files.writeString(work.resolve("nothing.conf"), NOTHING.formatted(work.resolve("data")));
        Path log = work.resolve("log.txt");
        List<String> options = new ArrayList<>(QUIET);
        options.add("-XX:ArchiveClassesAtExit=" + archive.toAbsolutePath());
        ChildProcess training = ChildProcess.start(
                "class-archive", ServerCommand.ofJars(options, "run", "--config", config.toString()), Map.of(), log);
        training.awaitReady(TIMEOUT, () -> read(log).contains("Started pipelines"));
        training.terminate();
        if (!training.ended(TIMEOUT)) {
            training.kill();
        }
    }

    private static String read(Path log) {
        try {
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
