package io.deltaforge.bench.drain;

import io.deltaforge.sandbox.PostgresServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Who reads the log without doing anything with it. */
interface Reference {

    /** What it is, for the report. */
    String name();

    /** Reads the whole backlog from a slot and returns the seconds it took. */
    double run(Backlog backlog, String slot) throws IOException, SQLException, InterruptedException;

    /** PostgreSQL's own client if it is installed, else a bare loop of the JDBC driver. */
    static Reference find(PostgresServer postgres) throws IOException, InterruptedException {
        List<Path> candidates = new ArrayList<>();
        for (String directory : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
            candidates.add(Path.of(directory, "pg_recvlogical"));
        }
        Path debian = Path.of("/usr/lib/postgresql");
        if (Files.isDirectory(debian)) {
            try (DirectoryStream<Path> versions = Files.newDirectoryStream(debian)) {
                versions.forEach(version -> candidates.add(version.resolve("bin/pg_recvlogical")));
            }
        }
        for (Path candidate : candidates) {
            if (Files.isExecutable(candidate)) {
                Process process = new ProcessBuilder(candidate.toString(), "--version").start();
                String version = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
                process.waitFor();
                return new PgRecvLogical(postgres, candidate, version);
            }
        }
        return new JdbcLoop(postgres);
    }
}
