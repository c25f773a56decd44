package io.deltaforge.sink.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.deltaforge.sandbox.KafkaBroker;
import io.deltaforge.sandbox.SmallDisk;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
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

    private static SmallDisk mount() {
        Optional<SmallDisk> disk = SmallDisk.mount(DISK_MEGABYTES);
        assumeThat(disk).as("mounting a tmpfs needs root").isPresent();
        return disk.orElseThrow();
    }

    @Test
    void shouldWaitUntilThereIsRoomOnTheBrokersDisk() {
        try (SmallDisk disk = mount();
                KafkaBroker broker = KafkaBroker.builder()
                        .dataDirectory(disk.path().resolve("broker"))
                        .property("log.index.size.max.bytes", "65536")
                        .start()) {
            List<Side> sides = startBothAfter(this::impatient, broker.bootstrapServers(), 5);

            disk.fill();
            sides.forEach(side -> side.lane().allowAll());
            await().atMost(Duration.ofSeconds(30)).until(() -> !broker.isRunning());
            for (Side side : sides) {
                side.lane().awaitFailures(3);
                assertRetried(side.lane().failures(), GONE);
                assertThat(side.lane().acknowledged()).as("not everything fits").isLessThan(batches.size());
            }

            disk.clear();
            broker.restart();
            assertBothDeliver(sides);
        }
    }
}
