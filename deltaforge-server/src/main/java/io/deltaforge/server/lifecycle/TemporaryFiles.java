package io.deltaforge.server.lifecycle;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has temporary files made in the data directory, and removes those that a killed process has left there. The compression
 * libraries of Kafka's client unpack native code into such files and remove them only when the process ends in good order.
 */
final class TemporaryFiles {

    private static final Logger LOG = LoggerFactory.getLogger(TemporaryFiles.class);
    private static final String PROPERTY = "java.io.tmpdir";

    private TemporaryFiles() {}

    /**
     * Moves. To be called before the first temporary file is made, by whoever holds the lock of the data directory.
     *
     * @param dataDirectory is there
     */
    static void moveTo(Path dataDirectory) {
        Path directory = dataDirectory.toAbsolutePath().resolve("tmp");
        try {
            Files.createDirectories(directory);
            try (DirectoryStream<Path> left = Files.newDirectoryStream(directory)) {
                for (Path file : left) {
                    if (Files.isRegularFile(file)) {
                        Files.deleteIfExists(file);
                    }
                }
            }
            System.setProperty(PROPERTY, directory.toString());
        } catch (IOException e) {
            LOG.warn("Temporary files stay in {}: {} cannot be used: {}", System.getProperty(PROPERTY), directory, e);
        }
    }
}
