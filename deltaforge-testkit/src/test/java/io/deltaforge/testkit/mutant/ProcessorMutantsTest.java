package io.deltaforge.testkit.mutant;

import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.processor.Processor;
import io.deltaforge.api.processor.ProcessorFactory;
import io.deltaforge.core.filter.FilterProcessorFactory;
import io.deltaforge.testkit.fake.ForwardingProcessor;
import io.deltaforge.testkit.processor.FilterProcessorTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each promise of a processor has a test that fails without it. */
class ProcessorMutantsTest {

    @Test
    void shouldLiveWhenNothingIsBroken() {
        Suites.assertSurvives(Unchanged.class);
    }

    @ParameterizedTest(name = "{0} must make {1} fail")
    @CsvSource({
        "CountsItsCalls, shouldGiveTheSameAnswerForTheSameEvents",
        "RemembersOtherInstances, shouldGiveTheSameAnswerForTheSameEvents",
        "LooksAtItsBatch, shouldGiveTheSameAnswerHoweverEventsAreCutIntoBatches",
        "HoldsTheLastEventBack, shouldGiveTheSameAnswerForTheSameEvents",
        "ReversesEvents, shouldKeepOrderPositionsAndIds",
        "RepeatsAnEvent, shouldKeepOrderPositionsAndIds",
        "ChokesOnNothing, shouldAnswerNothingToNothing",
        "CannotCloseTwice, shouldCloseTwiceAndLeaveNoThreadBehind",
        "LeavesAThread, shouldCloseTwiceAndLeaveNoThreadBehind",
        "Unchanged, shouldBeFoundByTheServiceLoader",
    })
    void shouldBeKilled(String mutant, String test) throws ClassNotFoundException {
        Suites.assertKilled(Class.forName(ProcessorMutantsTest.class.getName() + "$" + mutant), test);
    }

    /** The filter's own conformance test, over a filter that is wrapped. */
    abstract static class Mutant extends FilterProcessorTest {

        abstract Processor wrap(Processor processor);

        @Override
        protected Duration limit() {
            return Duration.ofSeconds(2);
        }

        @Override
        protected ProcessorFactory factory() {
            return Wrapped.processors(new FilterProcessorFactory(), this::wrap);
        }
    }

    private static List<ChangeEvent> noted(List<ChangeEvent> events, String note) {
        return events.stream()
                .map(event -> event.after() == null
                        ? event
                        : event.withRows(event.before(), event.after().with(1, note)))
                .toList();
    }

    static class CountsItsCalls extends Mutant {
        @Override
        Processor wrap(Processor processor) {
            return new ForwardingProcessor(processor) {
                private int calls;

                @Override
                public List<ChangeEvent> process(List<ChangeEvent> events) {
                    return noted(super.process(events), "call " + ++calls);
                }
            };
        }
    }

    static class RemembersOtherInstances extends Mutant {
        private static final AtomicInteger MADE = new AtomicInteger();

        @Override
        Processor wrap(Processor processor) {
            String note = "instance " + MADE.incrementAndGet();
            return new ForwardingProcessor(processor) {
                @Override
                public List<ChangeEvent> process(List<ChangeEvent> events) {
                    return noted(super.process(events), note);
                }
            };
        }
    }

    static class LooksAtItsBatch extends Mutant {
        @Override
        Processor wrap(Processor processor) {
            return new ForwardingProcessor(processor) {
                @Override
                public List<ChangeEvent> process(List<ChangeEvent> events) {
                    return noted(super.process(events), "one of " + events.size());
                }
            };
        }
    }

    static class HoldsTheLastEventBack extends Mutant {
        @Override
        Processor wrap(Processor processor) {
            return new ForwardingProcessor(processor) {
                private final List<ChangeEvent> held = new ArrayList<>();

                @Override
                public List<ChangeEvent> process(List<ChangeEvent> events) {
                    List<ChangeEvent> answer = new ArrayList<>(held);
                    held.clear();
                    answer.addAll(super.process(events));
                    if (!answer.isEmpty()) {
                        held.add(answer.remove(answer.size() - 1));
                    }
                    return answer;
                }
            };
        }
    }

    static class ReversesEvents extends Mutant {
        @Override
        Processor wrap(Processor processor) {
            return new ForwardingProcessor(processor) {
                @Override
                public List<ChangeEvent> process(List<ChangeEvent> events) {
                    List<ChangeEvent> reversed = new ArrayList<>(super.process(events));
                    Collections.reverse(reversed);
                    return reversed;
                }
            };
        }
    }

    static class RepeatsAnEvent extends Mutant {
        @Override
        Processor wrap(Processor processor) {
            return new ForwardingProcessor(processor) {
                @Override
                public List<ChangeEvent> process(List<ChangeEvent> events) {
                    List<ChangeEvent> repeated = new ArrayList<>(super.process(events));
                    repeated.add(1, repeated.get(0));
                    return repeated;
                }
            };
        }
    }

    static class ChokesOnNothing extends Mutant {
        @Override
        Processor wrap(Processor processor) {
            return new ForwardingProcessor(processor) {
                @Override
                public List<ChangeEvent> process(List<ChangeEvent> events) {
                    return events.get(0).transaction().id().isEmpty() ? List.of() : super.process(events);
                }
            };
        }
    }

    static class CannotCloseTwice extends Mutant {
        @Override
        Processor wrap(Processor processor) {
            return new ForwardingProcessor(processor) {
                private int closed;

                @Override
                public void close() {
                    // The suite closes once more at its end.
                    if (++closed == 2) {
                        throw new IllegalStateException("already closed");
                    }
                    super.close();
                }
            };
        }
    }

    static class LeavesAThread extends Mutant {
        @Override
        Processor wrap(Processor processor) {
            Thread left = new Thread(
                    () -> {
                        try {
                            new CountDownLatch(1).await(30, TimeUnit.SECONDS);
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    },
                    "left-behind");
            left.setDaemon(true);
            left.start();
            return new ForwardingProcessor(processor);
        }
    }

    static class Unchanged extends Mutant {
        @Override
        Processor wrap(Processor processor) {
            return processor;
        }
    }
}
