package io.deltaforge.sink.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.deltaforge.sandbox.KafkaBroker;
import io.deltaforge.sandbox.Sandbox;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * "Disk full: retries indefinitely." The broker's disk is a small tmpfs, which only root can mount: elsewhere this is
 * skipped, and says so.
 */
final class KafkaDiskFullIT extends FailureCase {

    private static final int DISK_MEGABYTES = 64;
    /**
     * More than is left in the last page of a file: the first record already finds no room. Smaller ones could still be
     * committed, and while the only replica is away, as for a moment after the restart, the coordinator of Kafka 4.4.0 takes a
     * partition for deleted and finishes such a commit without it.
     */
    private static final int BALLAST_CHARACTERS = 16_384;

    private static final String[] GONE = {
        "BROKER_UNAVAILABLE", "BROKER_STORAGE", "PRODUCER_FAILED", "PRODUCER_STATE_LOST"
    };

    KafkaDiskFullIT() {
        super(incompressible(BALLAST_CHARACTERS));
    }

    private static String incompressible(int length) {
        return new Random(length)
                .ints(length, ' ', '~')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /** A file system in memory; unmounted at the end. */
    private record SmallDisk(Path path) implements AutoCloseable {

        static SmallDisk mount() {
            Path path = Sandbox.createDirectory("small-disk");
            int status = run("mount", "-t", "tmpfs", "-o", "size=" + DISK_MEGABYTES + "m", "tmpfs", path.toString());
            assumeThat(status).as("mounting a tmpfs needs root").isZero();
            return new SmallDisk(path);
        }

        private static int run(String... command) {
            try {
                return new ProcessBuilder(command)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor();
            } catch (IOException e) {
                return -1;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return -1;
            }
        }

        /** Writes until nothing more fits. */
        Path fill() throws IOException {
            Path filler = path.resolve("filler");
            byte[] block = new byte[4_096];
            try (OutputStream out = Files.newOutputStream(filler)) {
                while (true) {
                    out.write(block);
                }
            } catch (IOException e) {
                return filler;
            }
        }

        @Override
        public void close() {
            run("umount", "-l", path.toString());
        }
    }

    @Test
    void shouldWaitUntilThereIsRoomOnTheBrokersDisk() throws Exception {
        try (SmallDisk disk = SmallDisk.mount();
                KafkaBroker broker = KafkaBroker.builder()
                        .dataDirectory(disk.path().resolve("broker"))
                        .property("log.index.size.max.bytes", "65536")
                        .start()) {
            List<Side> sides = startBothAfter(this::impatient, broker.bootstrapServers(), 5);

            Path filler = disk.fill();
            sides.forEach(side -> side.lane().allowAll());
            await().atMost(Duration.ofSeconds(30)).until(() -> !broker.isRunning());
            for (Side side : sides) {
                side.lane().awaitFailures(3);
                assertRetried(side.lane().failures(), GONE);
                assertThat(side.lane().acknowledged()).as("not everything fits").isLessThan(batches.size());
            }

            Files.delete(filler);
            broker.restart();
            assertBothDeliver(sides);
        }
    }
}
