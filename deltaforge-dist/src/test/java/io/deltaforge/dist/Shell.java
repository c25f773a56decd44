package io.deltaforge.dist;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A shell in which one block of commands runs after the other, as a reader of a page types them. */
final class Shell implements AutoCloseable {

    private static final String MARK = "@@done:";
    private static final long LIMIT_MINUTES = 4;

    private final Process bash;
    private final Writer in;
    private final BufferedReader out;

    /** What a block printed, and the exit code of its last command. */
    record Result(int exitCode, String output) {}

    Shell(Path directory, Map<String, String> environment) {
        ProcessBuilder builder = new ProcessBuilder("bash", "--noprofile", "--norc")
                .directory(directory.toFile())
                .redirectErrorStream(true);
        builder.environment().putAll(environment);
        builder.environment().put("NO_COLOR", "1");
        try {
            bash = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        in = bash.outputWriter(StandardCharsets.UTF_8);
        out = new BufferedReader(new InputStreamReader(bash.getInputStream(), StandardCharsets.UTF_8));
        bash.onExit().orTimeout(LIMIT_MINUTES, TimeUnit.MINUTES).exceptionally(late -> {
            destroy();
            return bash;
        });
    }

    Result run(String block) throws IOException {
        in.write(block + "\necho \"" + MARK + "$?\"\n");
        in.flush();
        StringBuilder output = new StringBuilder();
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            int mark = line.indexOf(MARK);
            if (mark >= 0) {
                output.append(line, 0, mark);
                return new Result(Integer.parseInt(line.substring(mark + MARK.length())), output.toString());
            }
            output.append(line).append('\n');
        }
        throw new IOException("the shell ended in:\n" + block + "\nafter it printed:\n" + output);
    }

    private void destroy() {
        bash.descendants().forEach(ProcessHandle::destroyForcibly);
        bash.destroyForcibly();
    }

    /** Ends everything that it has started. */
    @Override
    public void close() {
        destroy();
    }
}
