package io.deltaforge.testkit.mutant;

import io.deltaforge.api.config.Settings;
import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.event.Operation;
import io.deltaforge.api.event.Row;
import io.deltaforge.api.sink.Sink;
import io.deltaforge.api.sink.SinkFactory;
import io.deltaforge.api.sink.TransactionalSink;
import io.deltaforge.testkit.fake.FencedSinkTest;
import io.deltaforge.testkit.fake.ForwardingSink;
import io.deltaforge.testkit.fake.MemorySink;
import io.deltaforge.testkit.fake.MemorySinkTest;
import io.deltaforge.testkit.sink.SinkCapability;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** Each promise of a sink has a test that fails without it. */
class SinkMutantsTest {

    @Test
    void shouldLiveWhenNothingIsBroken() {
        Suites.assertSurvives(Unchanged.class);
    }

    @ParameterizedTest(name = "{0} must make {1} fail")
    @CsvSource({
        "AcknowledgesTooEarly, shouldAcknowledgeOnlyWhatIsDurable",
        "ReversesABatch, shouldDeliverInOrderAndWhole",
        "LosesTheLastEvent, shouldDeliverInOrderAndWhole",
        "CompletesOutOfOrder, shouldCompleteDeliveriesInOrder",
        "OvertakesOnRetry, shouldKeepOrderThroughAFailureThatPasses",
        "CallsAFaultFatal, shouldKeepOrderThroughAFailureThatPasses",
        "StampsEachTry, shouldGiveTheSameBytesWhenABatchIsDeliveredAgain",
        "SkipsWhatIsRejected, shouldPutARejectedEventAsideAndKeepItsNeighbours",
        "AcknowledgesWithoutDeadLetters, shouldFailTheBatchWhenThereAreNoDeadLetters",
        "SkipsTruncates, shouldDeliverOrRefuseAnEmptiedTable",
        "ChokesOnNulls, shouldDeliverEveryOperationAndMissingValues",
        "CannotCloseTwice, shouldCloseTwiceAndWithoutHavingBeenOpen",
        "HangsInClose, shouldCloseSoonWithDeliveriesUnderWay",
        "LeavesAThread, shouldLeaveNoThreadBehind",
        "ShowsItsPassword, shouldShowNoSecret",
        "LogsItsPassword, shouldShowNoSecret",
        "Unchanged, shouldBeFoundByTheServiceLoader",
        "ForgetsItsPosition, shouldStoreThePositionOnlyWhereDeclared",
        "HidesItsPosition, shouldStoreThePositionOnlyWhereDeclared",
        "LetsEarlierInstancesWrite, shouldShutOutAnEarlierInstance",
    })
    void shouldBeKilled(String mutant, String test) throws ClassNotFoundException {
        Suites.assertKilled(Class.forName(SinkMutantsTest.class.getName() + "$" + mutant), test);
    }

    /** The memory sink's own conformance test, over a sink that is wrapped. */
    abstract static class Mutant extends MemorySinkTest {

        abstract Sink wrap(Sink sink, Settings settings);

        @Override
        protected Duration limit() {
            return Duration.ofSeconds(2);
        }

        @Override
        protected SinkFactory factory() {
            return Wrapped.sinks(new MemorySink(), this::wrap);
        }
    }

    private static EventBatch with(EventBatch batch, List<ChangeEvent> events) {
        return new EventBatch(batch.sequence(), events, batch.end());
    }

    static class AcknowledgesTooEarly extends Mutant {
        @Override
        Sink wrap(Sink sink, Settings settings) {
            return new ForwardingSink(sink) {
                private EventBatch buffered;

                @Override
                public CompletionStage<Void> deliver(EventBatch batch) {
                    CompletionStage<Void> answer =
                            buffered == null ? CompletableFuture.completedFuture(null) : super.deliver(buffered);
                    buffered = batch;
                    return answer;
                }
            };
        }
    }

    static class ReversesABatch extends Mutant {
        @Override
        Sink wrap(Sink sink, Settings settings) {
            return new ForwardingSink(sink) {
                @Override
                public CompletionStage<Void> deliver(EventBatch batch) {
                    List<ChangeEvent> reversed = new ArrayList<>(batch.events());
                    Collections.reverse(reversed);
                    return super.deliver(with(batch, reversed));
                }
            };
        }
    }

    static class LosesTheLastEvent extends Mutant {
        @Override
        Sink wrap(Sink sink, Settings settings) {
            return new ForwardingSink(sink) {
                @Override
                public CompletionStage<Void> deliver(EventBatch batch) {
                    return super.deliver(with(batch, batch.events().subList(0, batch.size() - 1)));
                }
            };
        }
    }

    static class CompletesOutOfOrder extends Mutant {
        @Override
        Sink wrap(Sink sink, Settings settings) {
            return new ForwardingSink(sink) {
                private CompletableFuture<Void> late;

                @Override
                public CompletionStage<Void> deliver(EventBatch batch) {
                    CompletableFuture<Void> answer = super.deliver(batch).toCompletableFuture();
                    if (late == null) {
                        late = new CompletableFuture<>();
                        return late;
                    }
                    CompletableFuture<Void> before = late;
                    late = null;
                    CompletableFuture<Void> now = new CompletableFuture<>();
                    CompletableFuture<Void> unused = answer.thenRun(() -> {
                        Thread reverse = new Thread(() -> {
                            now.complete(null);
                            before.complete(null);
                        });
                        reverse.start();
                    });
                    return now;
                }
            };
        }
    }

    static class OvertakesOnRetry extends Mutant {
        private EventBatch failed;

        @Override
        Sink wrap(Sink sink, Settings settings) {
            return new ForwardingSink(sink) {
                @Override
                public CompletionStage<Void> deliver(EventBatch batch) {
                    CompletableFuture<Void> answer = super.deliver(batch).toCompletableFuture();
                    if (answer.isCompletedExceptionally()) {
                        failed = failed == null ? batch : failed;
                    } else if (failed != null && failed.sequence() != batch.sequence()) {
                        super.deliver(failed);
                        failed = null;
                    }
                    return answer;
                }
            };
        }
    }

    static class CallsAFaultFatal extends Mutant {
        @Override
        Sink wrap(Sink sink, Settings settings) {
            return new ForwardingSink(sink) {
                @Override
                public CompletionStage<Void> deliver(EventBatch batch) {
                    CompletableFuture<Void> answer = super.deliver(batch).toCompletableFuture();
                    return !answer.isCompletedExceptionally()
                            ? answer
                            : CompletableFuture.failedFuture(
                                    new DeliveryException(ErrorKind.FATAL, "DOWN", "the target is down", null));
                }
            };
        }
    }

    static class StampsEachTry extends Mutant {
        private static final AtomicInteger TRIES = new AtomicInteger();

        @Override
        Sink wrap(Sink sink, Settings settings) {
            return new ForwardingSink(sink) {
                @Override
                public CompletionStage<Void> deliver(EventBatch batch) {
                    String stamp = "try " + TRIES.incrementAndGet();
                    List<ChangeEvent> stamped = batch.events().stream()
                            .map(event -> event.after() == null
                                    ? event
                                    : event.withRows(
                                            event.before(), event.after().with(1, stamp)))
                            .toList();
                    return super.deliver(with(batch, stamped));
                }
            };
        }
    }

    static class SkipsWhatIsRejected extends Mutant {
        @Override
        Sink wrap(Sink sink, Settings settings) {
            return new ForwardingSink(sink) {
                @Override
                public CompletionStage<Void> deliver(EventBatch batch) {
                    return super.deliver(with(
                            batch,
                            batch.events().stream()
                                    .filter(event -> event.identity()
                                            .filter(row -> row.value(0).equals(-666L))
                                            .isEmpty())
                                    .toList()));
                }
            };
        }
    }

    static class AcknowledgesWithoutDeadLetters extends Mutant {
        @Override
        Sink wrap(Sink sink, Settings settings) {
            return new ForwardingSink(sink) {
                @Override
                public CompletionStage<Void> deliver(EventBatch batch) {
                    return super.deliver(batch).exceptionally(error -> null);
                }
            };
        }
    }

    static class SkipsTruncates extends Mutant {
        @Override
        protected Set<SinkCapability> capabilities() {
            return EnumSet.of(SinkCapability.TOTAL_ORDER);
        }

        @Override
        Sink wrap(Sink sink, Settings settings) {
            return new ForwardingSink(sink) {
                @Override
                public CompletionStage<Void> deliver(EventBatch batch) {
                    return super.deliver(with(
                            batch,
                            batch.events().stream()
                                    .filter(event -> event.operation() != Operation.TRUNCATE)
                                    .toList()));
                }
            };
        }
    }

    static class ChokesOnNulls extends Mutant {
        @Override
        Sink wrap(Sink sink, Settings settings) {
            return new ForwardingSink(sink) {
                @Override
                public CompletionStage<Void> deliver(EventBatch batch) {
                    batch.events().stream()
                            .map(ChangeEvent::after)
                            .filter(row -> row != null)
                            .forEach(this::check);
                    return super.deliver(batch);
                }

                private void check(Row row) {
                    if (row.value(1) == null) {
                        throw new IllegalStateException("null");
                    }
                }
            };
        }
    }

    static class CannotCloseTwice extends Mutant {
        @Override
        Sink wrap(Sink sink, Settings settings) {
            return new ForwardingSink(sink) {
                private boolean closed;

                @Override
                public void close() {
                    if (closed) {
                        throw new IllegalStateException("already closed");
                    }
                    closed = true;
                    super.close();
                }
            };
        }
    }

    static class HangsInClose extends Mutant {
        @Override
        Sink wrap(Sink sink, Settings settings) {
            return new ForwardingSink(sink) {
                private final CountDownLatch never = new CountDownLatch(1);

                @Override
                public void close() {
                    if (never.getCount() > 0) {
                        try {
                            // Long enough for the suite to complain, and not for ever: the suite closes again at its
                            // end.
                            never.await(4, TimeUnit.SECONDS);
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                        never.countDown();
                    }
                    super.close();
                }
            };
        }
    }

    static class LeavesAThread extends Mutant {
        @Override
        Sink wrap(Sink sink, Settings settings) {
            return new ForwardingSink(sink) {
                @Override
                public void open() {
                    Thread left = new Thread(this::linger, "left-behind");
                    left.setDaemon(true);
                    left.start();
                    super.open();
                }

                private void linger() {
                    try {
                        new CountDownLatch(1).await(30, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }
            };
        }
    }

    static class ShowsItsPassword extends Mutant {
        @Override
        Sink wrap(Sink sink, Settings settings) {
            return new ForwardingSink(sink) {
                @Override
                public String toString() {
                    return "sink with "
                            + settings.secret("password").orElseThrow().reveal();
                }
            };
        }
    }

    static class LogsItsPassword extends Mutant {
        @Override
        Sink wrap(Sink sink, Settings settings) {
            return new ForwardingSink(sink) {
                @Override
                public void open() {
                    LoggerFactory.getLogger("mutant")
                            .debug(
                                    "opening with {}",
                                    Map.of(
                                            "password",
                                            settings.secret("password")
                                                    .orElseThrow()
                                                    .reveal()));
                    super.open();
                }
            };
        }
    }

    static class Unchanged extends Mutant {
        @Override
        Sink wrap(Sink sink, Settings settings) {
            return sink;
        }
    }

    /** The fenced sink's own conformance test, over a sink that is wrapped and may hide what it can do. */
    abstract static class FencedMutant extends FencedSinkTest {

        abstract Sink wrap(Sink sink, Settings settings);

        @Override
        protected SinkFactory factory() {
            return Wrapped.sinks(super.factory(), this::wrap);
        }
    }

    static class HidesItsPosition extends FencedMutant {
        @Override
        Sink wrap(Sink sink, Settings settings) {
            return new ForwardingSink(sink);
        }
    }

    static class ForgetsItsPosition extends FencedMutant {
        @Override
        Sink wrap(Sink sink, Settings settings) {
            return new Positioned(sink) {
                @Override
                public Optional<byte[]> committedPosition() {
                    return Optional.empty();
                }
            };
        }
    }

    static class LetsEarlierInstancesWrite extends FencedMutant {
        @Override
        Sink wrap(Sink sink, Settings settings) {
            return new Positioned(sink) {
                @Override
                public CompletionStage<Void> deliver(EventBatch batch) {
                    CompletableFuture<Void> answer = super.deliver(batch).toCompletableFuture();
                    if (answer.isCompletedExceptionally()) {
                        super.open();
                        return super.deliver(batch);
                    }
                    return answer;
                }
            };
        }
    }

    /** A forwarding sink that says what position it holds. */
    private static class Positioned extends ForwardingSink implements TransactionalSink {
        private final TransactionalSink sink;

        Positioned(Sink sink) {
            super(sink);
            this.sink = (TransactionalSink) sink;
        }

        @Override
        public Optional<byte[]> committedPosition() {
            return sink.committedPosition();
        }
    }
}
