package io.deltaforge.bench.drain;

import io.deltaforge.sandbox.PostgresServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** {@code pg_recvlogical} to {@code /dev/null}, with the options that DeltaForge asks for. */
final class PgRecvLogical implements Reference {

    private final PostgresServer postgres;
    private final Path program;
    private final String version;

    PgRecvLogical(PostgresServer postgres, Path program, String version) {
        this.postgres = postgres;
        this.program = program;
        this.version = version;
    }

    @Override
    public String name() {
        return version + " to /dev/null";
    }

    @Override
    public double run(Backlog backlog, String slot) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(List.of(
                program.toString(),
                "--host=" + postgres.host(),
                "--port=" + postgres.port(),
                "--username=" + postgres.user(),
                "--dbname=" + Backlog.DATABASE,
                "--slot=" + slot,
                "--start",
                "--no-loop",
                "--endpos=" + backlog.endLsn(),
                "--file=/dev/null",
                "--option=proto_version=1",
                "--option=publication_names=" + Backlog.PUBLICATION,
                "--option=binary=true"));
        builder.environment().put("PGPASSWORD", postgres.password());
        builder.redirectErrorStream(true);
        long start = System.nanoTime();
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int exit = process.waitFor();
        double seconds = (System.nanoTime() - start) / 1e9;
        if (exit != 0) {
            throw new IOException("pg_recvlogical ended with " + exit + ": " + output);
        }
        return seconds;
    }
}
