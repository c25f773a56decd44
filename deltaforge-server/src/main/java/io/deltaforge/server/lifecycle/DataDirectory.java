package io.deltaforge.server.lifecycle;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.checkpoint.CheckpointStore;
import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.error.ErrorKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** The data directory and the store in it, of which one process at a time is the owner. For one thread. */
final class DataDirectory implements AutoCloseable {

    /** Asks for the next try; false when nobody wants to wait any longer. */
    interface Patience {
        boolean await(Duration pause) throws InterruptedException;
    }

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Path path;
    private final CheckpointStore store;

    DataDirectory(Path path, CheckpointStore store) {
        this.path = requireNonNull(path, "path is null");
        this.store = requireNonNull(store, "store is null");
    }

    /**
     * Becomes the owner, as soon as nobody else is.
     *
     * @param inUse told once, when another process is the owner
     * @param patience how long to wait for its end
     * @return false when the patience came to its end
     * @throws EnvironmentException when waiting is of no use
     */
    boolean take(Consumer<CheckpointException> inUse, Patience patience) throws InterruptedException {
        Optional<CheckpointException> owned = tryToTake();
        owned.ifPresent(inUse);
        while (owned.isPresent()) {
            if (!patience.await(PAUSE)) {
                return false;
            }
            owned = tryToTake();
        }
        return true;
    }

    /**
     * Becomes the owner, or does nothing.
     *
     * @return why not, when another process is the owner
     * @throws EnvironmentException when that cannot be told, or the store cannot be opened
     */
    Optional<CheckpointException> tryToTake() {
        try {
            Files.createDirectories(path);
            store.open();
            return Optional.empty();
        } catch (IOException e) {
            throw new EnvironmentException("deltaforge.data_dir: the directory " + path + " cannot be made: " + e, e);
        } catch (CheckpointException e) {
            store.close();
            if (e.kind() == ErrorKind.STANDBY) {
                return Optional.of(e);
            }
            throw new EnvironmentException(
                    "deltaforge.checkpoint: " + e.getMessage()
                            + e.remedy().map(remedy -> "; to do: " + remedy).orElse(""),
                    e);
        }
    }

    @Override
    public void close() {
        store.close();
    }
}
