package io.deltaforge.server.fakes;

import io.deltaforge.api.checkpoint.CheckpointStore;
import io.deltaforge.api.checkpoint.CheckpointStoreFactory;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.Settings;
import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.error.ErrorKind;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;

/** A file per pipeline, replaced as a whole: survives the end of a process. */
public final class FileStore implements CheckpointStoreFactory {

    @Override
    public String type() {
        return "files";
    }

    @Override
    public ConfigSpec config() {
        return ConfigSpec.of("Files.");
    }

    @Override
    public CheckpointStore create(Settings settings, Path dataDirectory) {
        return new InDirectory(dataDirectory);
    }

    private record InDirectory(Path directory) implements CheckpointStore {
        @Override
        public void open() {}

        private synchronized Properties read(String pipeline) {
            Properties properties = new Properties();
            Path file = directory.resolve(pipeline);
            if (Files.exists(file)) {
                try (Reader reader = Files.newBufferedReader(file)) {
                    properties.load(reader);
                } catch (IOException e) {
                    throw failure(e);
                }
            }
            return properties;
        }

        private synchronized void change(String pipeline, Consumer<Properties> change) {
            Properties properties = read(pipeline);
            change.accept(properties);
            Path written = directory.resolve(pipeline + ".new");
            try {
                try (Writer writer = Files.newBufferedWriter(written)) {
                    properties.store(writer, null);
                }
                Files.move(written, directory.resolve(pipeline), StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                throw failure(e);
            }
        }

        private static CheckpointException failure(IOException cause) {
            return new CheckpointException(ErrorKind.RETRIABLE, "FILES", cause.toString(), cause);
        }

        @Override
        public Map<String, byte[]> load(String pipeline) {
            Map<String, byte[]> entries = new HashMap<>();
            read(pipeline)
                    .forEach((key, hex) ->
                            entries.put((String) key, HexFormat.of().parseHex((String) hex)));
            return entries;
        }

        @Override
        public void save(String pipeline, Map<String, byte[]> entries) {
            change(
                    pipeline,
                    properties -> entries.forEach((key, bytes) ->
                            properties.setProperty(key, HexFormat.of().formatHex(bytes))));
        }

        @Override
        public void delete(String pipeline, Set<String> keys) {
            change(pipeline, properties -> properties.keySet().removeAll(keys));
        }

        @Override
        public void close() {}
    }
}
