package io.deltaforge.testkit.mutant;

import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.Operation;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.source.Attachment;
import io.deltaforge.api.source.EventReceiver;
import io.deltaforge.api.source.PositionOrder;
import io.deltaforge.api.source.Source;
import io.deltaforge.api.source.SourceFactory;
import io.deltaforge.api.source.SourceIdentity;
import io.deltaforge.testkit.fake.ForwardingSource;
import io.deltaforge.testkit.gtid.PartialOrderSource;
import io.deltaforge.testkit.gtid.PartialOrderSourceTest;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each promise of a source has a test that fails without it. */
class SourceMutantsTest {

    @Test
    void shouldLiveWhenNothingIsBroken() {
        Suites.assertSurvives(Unchanged.class);
    }

    @ParameterizedTest(name = "{0} must make {1} fail")
    @CsvSource({
        "SkipsARowOnResume, shouldGiveExactlyTheSuffixFromEveryPosition",
        "SkipsARowOnResume, shouldGiveTheSuffixInsideALargeTransaction",
        "SkipsARowOnResume, shouldReadASnapshotOnlyWhereDeclared",
        "RepeatsARowOnResume, shouldGiveExactlyTheSuffixFromEveryPosition",
        "NamesEventsByTheRun, shouldGiveExactlyTheSuffixFromEveryPosition",
        "NamesEventsByTheTransaction, shouldHandOverEveryChangeInOrderAndOnce",
        "ReleasesTheWholeTransaction, shouldNeverReleaseWhatIsStillNeeded",
        "NeverReleases, shouldReleaseWhatIsNotNeededAnyMore",
        "NeverAdvances, shouldAdvanceWhileNothingCapturedHappens",
        "IgnoresRoom, shouldNeitherBlockNorHandOverWhileThereIsNoRoom",
        "IgnoresStop, shouldStopSoonWhetherIdleOrWithoutRoom",
        "StartsAfresh, shouldHoldWhenTheLogOfAKnownPipelineIsGone",
        "StartsAfresh, shouldHoldOnAKnownPipelineThatNeverAttached",
        "ForgetsAStartThatWasCutOff, shouldAttachAsNewAgainAfterAStartThatWasCutOff",
        "GuessesWhatCannotBeCompared, shouldGivePositionsThatObeyTheLawsOfAnOrder",
        "RestartsAtTheFirstCursor, shouldGivePositionsThatObeyTheLawsOfAnOrder",
        "CoversEverything, shouldGivePositionsThatObeyTheLawsOfAnOrder",
        "ReadsAnyBytes, shouldReadStoredPositionsBackAndRefuseOtherBytes",
        "ReadsAlong, shouldLetOnlyOneInstanceRead",
        "CallsACutConnectionFatal, shouldResumeBehindACutConnection",
        "IsAnotherDatabaseEachTime, shouldBeTheSameDatabaseEachTime",
        "SkipsTheSnapshot, shouldReadASnapshotOnlyWhereDeclared",
    })
    void shouldBeKilled(String mutant, String test) throws ClassNotFoundException {
        Suites.assertKilled(Class.forName(SourceMutantsTest.class.getName() + "$" + mutant), test);
    }

    /** The fake source's own conformance test, over a source that is wrapped. */
    abstract static class Mutant extends PartialOrderSourceTest {

        abstract Source wrap(Source source);

        @Override
        protected Duration limit() {
            return Duration.ofSeconds(2);
        }

        @Override
        protected SourceFactory factory() {
            return Wrapped.sources(new PartialOrderSource(), this::wrap);
        }
    }

    private static boolean isInside(SourcePosition position) {
        return position.toString().contains("+") || position.toString().contains("key");
    }

    static class SkipsARowOnResume extends Mutant {
        @Override
        Source wrap(Source source) {
            return new ForwardingSource(source) {
                @Override
                public void run(SourcePosition from, EventReceiver receiver) throws InterruptedException {
                    super.run(from, new SourceParts.Through(receiver) {
                        private boolean skip = isInside(from);

                        @Override
                        public void event(ChangeEvent event) {
                            if (!skip || event.ordinal() == 0) {
                                super.event(event);
                            }
                            skip = false;
                        }
                    });
                }
            };
        }
    }

    static class RepeatsARowOnResume extends Mutant {
        @Override
        Source wrap(Source source) {
            return new ForwardingSource(source) {
                @Override
                public void run(SourcePosition from, EventReceiver receiver) throws InterruptedException {
                    super.run(from, new SourceParts.Through(receiver) {
                        private boolean repeat = isInside(from);

                        @Override
                        public void event(ChangeEvent event) {
                            super.event(event);
                            if (repeat) {
                                super.event(event);
                            }
                            repeat = false;
                        }
                    });
                }
            };
        }
    }

    private static ChangeEvent renamed(ChangeEvent event, long low) {
        return new ChangeEvent(
                event.operation(),
                event.table(),
                event.before(),
                event.after(),
                new SourceParts.Renamed(event.transaction(), low),
                event.ordinal());
    }

    static class NamesEventsByTheRun extends Mutant {
        private static final AtomicLong RUNS = new AtomicLong();

        @Override
        Source wrap(Source source) {
            return new ForwardingSource(source) {
                @Override
                public void run(SourcePosition from, EventReceiver receiver) throws InterruptedException {
                    long run = RUNS.addAndGet(1_000_000);
                    super.run(from, new SourceParts.Through(receiver) {
                        @Override
                        public void event(ChangeEvent event) {
                            super.event(renamed(event, run));
                        }
                    });
                }
            };
        }
    }

    static class NamesEventsByTheTransaction extends Mutant {
        @Override
        Source wrap(Source source) {
            return new ForwardingSource(source) {
                @Override
                public void run(SourcePosition from, EventReceiver receiver) throws InterruptedException {
                    super.run(from, new SourceParts.Through(receiver) {
                        @Override
                        public void event(ChangeEvent event) {
                            super.event(renamed(event, event.transaction().hashLow() - event.ordinal()));
                        }
                    });
                }
            };
        }
    }

    static class ReleasesTheWholeTransaction extends Mutant {
        @Override
        Source wrap(Source source) {
            return new ForwardingSource(source) {
                private SourcePosition lastEnd;

                @Override
                public void run(SourcePosition from, EventReceiver receiver) throws InterruptedException {
                    super.run(from, new SourceParts.Through(receiver) {
                        @Override
                        public void commit(SourcePosition end) {
                            lastEnd = lastEnd == null ? end : lastEnd;
                            super.commit(end);
                        }
                    });
                }

                @Override
                public void release(SourcePosition upTo) {
                    super.release(isInside(upTo) ? lastEnd : upTo);
                }
            };
        }
    }

    static class NeverReleases extends Mutant {
        @Override
        Source wrap(Source source) {
            return new ForwardingSource(source) {
                @Override
                public void release(SourcePosition upTo) {}
            };
        }
    }

    static class NeverAdvances extends Mutant {
        @Override
        Source wrap(Source source) {
            return new ForwardingSource(source) {
                @Override
                public void run(SourcePosition from, EventReceiver receiver) throws InterruptedException {
                    super.run(from, new SourceParts.Through(receiver) {
                        private boolean events;

                        @Override
                        public void event(ChangeEvent event) {
                            events = true;
                            super.event(event);
                        }

                        @Override
                        public void commit(SourcePosition end) {
                            if (events) {
                                super.commit(end);
                            }
                            events = false;
                        }

                        @Override
                        public void idle(SourcePosition logEnd) {
                            super.idle(null);
                        }
                    });
                }
            };
        }
    }

    static class IgnoresRoom extends Mutant {
        @Override
        Source wrap(Source source) {
            return new ForwardingSource(source) {
                @Override
                public void run(SourcePosition from, EventReceiver receiver) throws InterruptedException {
                    super.run(from, new SourceParts.Through(receiver) {
                        @Override
                        public boolean awaitRoom(long timeoutNanos) throws InterruptedException {
                            super.awaitRoom(0);
                            return true;
                        }
                    });
                }
            };
        }
    }

    static class IgnoresStop extends Mutant {
        @Override
        Source wrap(Source source) {
            return new ForwardingSource(source) {
                private volatile boolean ignored;

                @Override
                public void stop() {
                    // Only the first call: the suite must be able to clean up.
                    if (ignored) {
                        super.stop();
                    }
                    ignored = true;
                }
            };
        }
    }

    static class StartsAfresh extends Mutant {
        @Override
        Source wrap(Source source) {
            return new ForwardingSource(source) {
                @Override
                public SourcePosition attach(Attachment attachment) {
                    return super.attach(Attachment.NEW);
                }
            };
        }
    }

    static class ForgetsAStartThatWasCutOff extends Mutant {
        @Override
        Source wrap(Source source) {
            return new ForwardingSource(source) {
                @Override
                public SourcePosition attach(Attachment attachment) {
                    if (attachment == Attachment.NEW) {
                        PartialOrderSource.database("conformance").loseLog();
                    }
                    return super.attach(attachment);
                }
            };
        }
    }

    /** A source whose positions relate otherwise. */
    abstract static class OrderMutant extends Mutant {

        abstract PositionOrder wrap(PositionOrder order);

        @Override
        Source wrap(Source source) {
            return new ForwardingSource(source) {
                @Override
                public PositionOrder positions() {
                    return OrderMutant.this.wrap(source.positions());
                }
            };
        }
    }

    static class GuessesWhatCannotBeCompared extends OrderMutant {
        @Override
        PositionOrder wrap(PositionOrder order) {
            return new SourceParts.Order(order) {
                @Override
                public boolean covers(SourcePosition cursor, SourcePosition position) {
                    try {
                        return super.covers(cursor, position);
                    } catch (SourceException incomparable) {
                        return false;
                    }
                }
            };
        }
    }

    static class RestartsAtTheFirstCursor extends OrderMutant {
        @Override
        PositionOrder wrap(PositionOrder order) {
            return new SourceParts.Order(order) {
                @Override
                public SourcePosition restart(Collection<SourcePosition> cursors) {
                    return cursors.iterator().next();
                }
            };
        }
    }

    static class CoversEverything extends OrderMutant {
        @Override
        PositionOrder wrap(PositionOrder order) {
            return new SourceParts.Order(order) {
                @Override
                public boolean covers(SourcePosition cursor, SourcePosition position) {
                    return true;
                }
            };
        }
    }

    static class ReadsAnyBytes extends OrderMutant {
        @Override
        PositionOrder wrap(PositionOrder order) {
            return new SourceParts.Order(order) {
                private SourcePosition last;

                @Override
                public SourcePosition parse(byte[] bytes) {
                    try {
                        last = super.parse(bytes);
                    } catch (SourceException unreadable) {
                        return last;
                    }
                    return last;
                }
            };
        }
    }

    static class ReadsAlong extends Mutant {
        @Override
        Source wrap(Source source) {
            return new ForwardingSource(source) {
                @Override
                public SourceIdentity open() {
                    try {
                        return super.open();
                    } catch (SourceException busy) {
                        return new SourceIdentity("conformance", "somebody else's");
                    }
                }
            };
        }
    }

    static class CallsACutConnectionFatal extends Mutant {
        @Override
        Source wrap(Source source) {
            return new ForwardingSource(source) {
                @Override
                public void run(SourcePosition from, EventReceiver receiver) throws InterruptedException {
                    try {
                        super.run(from, receiver);
                    } catch (SourceException e) {
                        throw new SourceException(ErrorKind.FATAL, e.reason(), e.getMessage(), e);
                    }
                }
            };
        }
    }

    static class IsAnotherDatabaseEachTime extends Mutant {
        private static final AtomicLong OPENED = new AtomicLong();

        @Override
        Source wrap(Source source) {
            return new ForwardingSource(source) {
                @Override
                public SourceIdentity open() {
                    return new SourceIdentity(super.open().id() + OPENED.incrementAndGet(), "another one");
                }
            };
        }
    }

    static class SkipsTheSnapshot extends Mutant {
        @Override
        Source wrap(Source source) {
            return new ForwardingSource(source) {
                @Override
                public void run(SourcePosition from, EventReceiver receiver) throws InterruptedException {
                    super.run(from, new SourceParts.Through(receiver) {
                        @Override
                        public void event(ChangeEvent event) {
                            if (event.operation() != Operation.READ) {
                                super.event(event);
                            }
                        }
                    });
                }
            };
        }
    }

    static class Unchanged extends Mutant {
        @Override
        Source wrap(Source source) {
            return source;
        }
    }
}
