package io.deltaforge.e2e.run;

import io.deltaforge.sandbox.ChildProcess;
import io.deltaforge.sandbox.ClassArchive;
import io.deltaforge.sandbox.Sandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The shared archive of the classes that a start of DeltaForge loads, made once per build, which starts it some hundred times. */
final class ServerArchive {

    private static final Path BUILD = Path.of("target");
    private static final Duration TIMEOUT = Duration.ofMinutes(1);

    /** Nobody listens there: the program starts and finds nothing to do. */
    private static final String NOTHING = """
        deltaforge { data_dir = "%s", metrics { port = 0 }, api { port = 0 } }
        pipelines.nothing {
          source { type = postgres, dsn = "postgres://nobody@127.0.0.1:1/nothing" }
          sinks = [ { id = kafka, type = kafka, brokers = "127.0.0.1:1", topic = nothing } ]
        }
        """;

    private ServerArchive() {}

    /** Returns the options that make a JVM use the archive; makes it at first use. */
    static List<String> jvmOptions() {
        return Made.OPTIONS;
    }

    private static final class Made {
        private static final List<String> OPTIONS =
                ClassArchive.jvmOptions(BUILD, "classes", ServerCommand.jars(), ServerArchive::run);
    }

    private static void run(List<String> options) throws IOException {
        Path work = Sandbox.createDirectory("class-archive");
        Path config = Files.writeString(work.resolve("nothing.conf"), NOTHING.formatted(work.resolve("data")));
        Path log = work.resolve("log.txt");
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
