package io.deltaforge.server.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import io.deltaforge.server.doctor.Check.Severity;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DoctorTest {

    private static List<Check> look(Duration limit, Examination.Look look) throws InterruptedException {
        return new Examination("pipelines.shop.source", "a source", look)
                .start()
                .await(System.nanoTime() + limit.toNanos(), limit)
                .checks();
    }

    @Test
    void shouldTellWhatWasFoundInTheOrderOfLooking() throws Exception {
        List<Check> checks = look(Duration.ofSeconds(30), report -> {
            report.ok("CONNECTION", "there");
            report.warning("SLOT_LAGS", "far behind", "hurry");
            report.error("WAL_LEVEL", "replica", "ALTER SYSTEM");
        });

        assertThat(checks)
                .containsExactly(
                        new Check(Severity.OK, "CONNECTION", "pipelines.shop.source", "there", null),
                        new Check(Severity.WARNING, "SLOT_LAGS", "pipelines.shop.source", "far behind", "hurry"),
                        new Check(Severity.ERROR, "WAL_LEVEL", "pipelines.shop.source", "replica", "ALTER SYSTEM"));
    }

    @Test
    void shouldCountAFailureOfTheLookAsAnErrorFoundAndKeepWhatWasFoundBefore() throws Exception {
        List<Check> checks = look(Duration.ofSeconds(30), report -> {
            report.ok("CONNECTION", "there");
            throw new SourceException(ErrorKind.HELD, "NO_TABLES", "nothing matches", "correct the patterns", null);
        });

        assertThat(checks).extracting(Check::code).containsExactly("CONNECTION", "NO_TABLES");
        assertThat(checks.get(1).fix()).isEqualTo("correct the patterns");
    }

    @Test
    void shouldSurviveALookThatBreaks() throws Exception {
        assertThat(look(Duration.ofSeconds(30), report -> {
                    throw new NoClassDefFoundError("com/example/Missing");
                }))
                .extracting(Check::code)
                .containsExactly("CHECK_FAILED");
    }

    @Test
    void shouldLeaveALookBehindThatDoesNotEndAndSayNothingItFindsLater() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch late = new CountDownLatch(1);
        List<Check> checks = look(Duration.ofMillis(50), report -> {
            report.ok("CONNECTION", "there");
            boolean interrupted = false;
            while (!interrupted) {
                try {
                    never.await();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            late.await(30, TimeUnit.SECONDS);
            report.error("LATE", "too late", null);
        });

        assertThat(checks).extracting(Check::code).containsExactly("CONNECTION", "CHECK_TIMEOUT");
        late.countDown();
        assertThat(checks).hasSize(2);
    }
}
