package io.deltaforge.server.supervisor;

import static java.util.Objects.requireNonNull;

import io.deltaforge.server.config.PipelineSpec;
import io.deltaforge.server.json.JsonText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What must outlive the process of pipelines: one JSON file per pipeline in {@code pipelines/} of the data directory, with the
 * desired state, the sinks that are to rest and, for one that came over the API, its settings as they were written. Files
 * rather than records in the checkpoint store, because an operator can read them, and whoever cannot open the store can still
 * see what there was. A file is replaced as a whole and synced before a change counts; nobody but the owner may read it. For one
 * process at a time, whoever holds the data directory; safe from any thread.
 */
final class SpecFiles {

    private static final Logger LOG = LoggerFactory.getLogger(SpecFiles.class);
    private static final int FORMAT = 1;
    private static final String PAUSED_SINKS = "paused_sinks";
    private static final String ENDING = ".json";
    private static final String UNDER_WAY = ".new";
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

    private final Path directory;

    /**
     * What is kept of one pipeline.
     *
     * @param desired what it is to do
     * @param pausedSinks those of its sinks that are to rest even while it does not
     * @param document its settings, when they came over the API
     * @param damage why the file cannot be used; empty when it can
     */
    record Kept(
            Desired desired, Set<String> pausedSinks, Optional<Map<String, Object>> document, Optional<String> damage) {

        Kept {
            pausedSinks = Set.copyOf(pausedSinks);
        }

        static Kept of(Desired desired, Set<String> pausedSinks, Optional<Map<String, Object>> document) {
            return new Kept(desired, pausedSinks, document, Optional.empty());
        }
    }

    SpecFiles(Path dataDirectory) {
        this.directory = requireNonNull(dataDirectory, "dataDirectory is null").resolve("pipelines");
    }

    /** Returns the name of a pipeline's file, for messages. */
    Path file(String pipeline) {
        return directory.resolve(pipeline + ENDING);
    }

    /** Reads everything that is kept; what cannot be read is said in its place. */
    Map<String, Kept> load() throws IOException {
        Map<String, Kept> all = new TreeMap<>();
        if (!Files.isDirectory(directory)) {
            return all;
        }
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString();
                if (name.endsWith(ENDING)) {
                    String pipeline = name.substring(0, name.length() - ENDING.length());
                    all.put(pipeline, load(pipeline, file));
                } else {
                    LOG.info("Removing {}, which a killed process has left", file);
                    Files.deleteIfExists(file);
                }
            }
        }
        return all;
    }

    private static Kept load(String pipeline, Path file) {
        try {
            if (!(JsonText.read(Files.readString(file)) instanceof Map<?, ?> content)) {
                return damaged("is not a JSON object");
            }
            if (!Integer.valueOf(FORMAT).equals(content.get("format"))) {
                return damaged("has the format " + content.get("format") + ", and this release knows " + FORMAT);
            }
            if (!pipeline.equals(content.get("name"))) {
                return damaged("is of another pipeline");
            }
            Desired desired = Stream.of(Desired.values())
                    .filter(each -> word(each).equals(content.get("desired")))
                    .findFirst()
                    .orElse(null);
            if (desired == null) {
                return damaged("names no state that a pipeline can be told to be in");
            }
            Object paused = content.containsKey(PAUSED_SINKS) ? content.get(PAUSED_SINKS) : List.of();
            if (!(paused instanceof List<?> sinks) || !sinks.stream().allMatch(String.class::isInstance)) {
                return damaged("names no sinks under " + PAUSED_SINKS);
            }
            return Kept.of(
                    desired,
                    sinks.stream().map(String.class::cast).collect(Collectors.toSet()),
                    document(content.get("spec")));
        } catch (IOException e) {
            return damaged("cannot be read: " + e.getClass().getSimpleName());
        }
    }

    private static Kept damaged(String damage) {
        return new Kept(Desired.RUNNING, Set.of(), Optional.empty(), Optional.of(damage));
    }

    private static Optional<Map<String, Object>> document(Object spec) {
        if (!(spec instanceof Map<?, ?> members)) {
            return Optional.empty();
        }
        Map<String, Object> document = new LinkedHashMap<>();
        members.forEach((key, value) -> document.put(key.toString(), value));
        return Optional.of(document);
    }

    private static String word(Desired desired) {
        return desired.name().toLowerCase(java.util.Locale.ROOT);
    }

    /** Keeps a pipeline, durably: when this returns, a process that starts finds it so. */
    void save(String pipeline, Kept kept) throws IOException {
        if (kept.desired() == Desired.RUNNING
                && kept.pausedSinks().isEmpty()
                && kept.document().isEmpty()) {
            delete(pipeline);
            return;
        }
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("format", FORMAT);
        content.put("name", pipeline);
        content.put("desired", word(kept.desired()));
        if (!kept.pausedSinks().isEmpty()) {
            content.put(PAUSED_SINKS, kept.pausedSinks().stream().sorted().toList());
        }
        kept.document().ifPresent(spec -> content.put("spec", spec));
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(PipelineSpec.text(content));
        Files.createDirectories(directory);
        Path underWay = directory.resolve(pipeline + UNDER_WAY);
        Files.deleteIfExists(underWay);
        try (FileChannel channel = FileChannel.open(
                underWay,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(OWNER_ONLY))) {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(underWay, file(pipeline), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        sync();
    }

    /** Forgets a pipeline, durably. */
    void delete(String pipeline) throws IOException {
        if (Files.deleteIfExists(file(pipeline))) {
            sync();
        }
    }

    /** Without this a new name may be lost with the machine's power. */
    private void sync() throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
