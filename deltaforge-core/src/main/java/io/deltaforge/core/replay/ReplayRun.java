package io.deltaforge.core.replay;

import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.core.deadletter.LetterReplay;
import io.deltaforge.core.deadletter.LetterReplay.Candidate;
import io.deltaforge.core.deadletter.LetterReplay.Claim;
import io.deltaforge.core.deadletter.LetterReplay.Refusal;
import io.deltaforge.core.deadletter.Origin;
import io.deltaforge.core.deadletter.Origin.Stage;
import io.deltaforge.core.fanout.Insertion;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One request, step by step: some letters are handed to the lanes, all are awaited, those acknowledged are forgotten; then come
 * the next. Confined to the thread of the replay, but for what the lanes ask.
 */
final class ReplayRun {

    /** So that a replay of many letters takes no more memory than one of the log's batches. */
    private static final int MOST_AT_ONCE = 200;

    /** How long it may take until the acknowledgement of what stood around an event is saved. */
    private static final long PASS_MILLIS = 2_000;

    private static final long PAUSE_MILLIS = 10;

    private final LetterReplay letters;
    private final ReplayTarget target;
    private final ReplayRequest request;
    private final Map<Long, ReplayResult> results = new LinkedHashMap<>();

    ReplayRun(LetterReplay letters, ReplayTarget target, ReplayRequest request) {
        this.letters = letters;
        this.target = target;
        this.request = request;
    }

    List<ReplayResult> run() {
        try {
            List<Candidate> next = letters.take(request.filter());
            while (!next.isEmpty()) {
                List<Candidate> gone = new ArrayList<>();
                for (List<Candidate> step : steps(next)) {
                    gone.addAll(deliver(step));
                }
                next = gone.isEmpty() ? List.of() : letters.takeFollowers(gone);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return List.copyOf(results.values());
    }

    /** Letters of sinks go together, those of processors by themselves, as they are missing in every sink. */
    private static List<List<Candidate>> steps(List<Candidate> all) {
        List<List<Candidate>> steps = new ArrayList<>();
        List<Candidate> step = new ArrayList<>();
        for (Candidate letter : all) {
            boolean fits = step.isEmpty()
                    || step.size() < MOST_AT_ONCE
                            && step.get(0).origin().stage() == letter.origin().stage();
            if (!fits) {
                steps.add(step);
                step = new ArrayList<>();
            }
            step.add(letter);
        }
        if (!step.isEmpty()) {
            steps.add(step);
        }
        return steps;
    }

    /** Returns the letters that are gone. */
    private List<Candidate> deliver(List<Candidate> step) throws InterruptedException {
        Map<Long, List<ChangeEvent>> made = new HashMap<>();
        Map<String, List<Long>> bySink = new LinkedHashMap<>();
        Map<Long, Integer> missingIn = new HashMap<>();
        for (Candidate letter : step) {
            Set<String> sinks = sinks(letter.origin());
            if (sinks.isEmpty()) {
                letters.refuse(
                        letter.id(),
                        new Refusal(
                                "REPLAY_WITHOUT_SINK",
                                "the pipeline has no sink '" + letter.origin().name() + "' any more: discard it"));
            } else if (isReady(letter, sinks) && isProcessed(letter, made)) {
                missingIn.put(letter.id(), sinks.size());
                sinks.forEach(sink ->
                        bySink.computeIfAbsent(sink, name -> new ArrayList<>()).add(letter.id()));
            }
        }
        List<Handed> handed = new ArrayList<>();
        bySink.forEach((sink, ids) -> handed.add(hand(sink, ids, made)));
        for (Handed each : handed) {
            each.await();
            for (long id : each.delivered()) {
                missingIn.merge(id, -1, Integer::sum);
            }
        }
        Set<Long> delivered = new LinkedHashSet<>();
        missingIn.forEach((id, sinks) -> {
            if (sinks == 0) {
                delivered.add(id);
            }
        });
        Set<Long> gone = letters.settle(delivered, request.by());
        step.forEach(letter -> results.put(letter.id(), result(letter.id(), gone)));
        return step.stream().filter(letter -> gone.contains(letter.id())).toList();
    }

    private Set<String> sinks(Origin origin) {
        if (origin.stage() == Stage.PROCESSOR) {
            return target.sinks();
        }
        return target.sinks().contains(origin.name()) ? Set.of(origin.name()) : Set.of();
    }

    /** A letter whose event would be read again after a crash must not be delivered in between. */
    private boolean isReady(Candidate letter, Collection<String> sinks) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PASS_MILLIS);
        while (!sinks.stream().allMatch(sink -> target.hasPassed(sink, letter.position()))) {
            if (System.nanoTime() - deadline > 0) {
                letters.refuse(
                        letter.id(),
                        new Refusal(
                                "REPLAY_TOO_EARLY",
                                "the sink has not saved that it is past this event, which would be delivered twice after a"
                                        + " crash: try again once it has caught up"));
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
        return true;
    }

    private boolean isProcessed(Candidate letter, Map<Long, List<ChangeEvent>> made) {
        if (letter.origin().stage() == Stage.SINK) {
            return true;
        }
        try {
            letters.event(letter.id())
                    .ifPresent(event ->
                            made.put(letter.id(), target.process(letter.origin().name(), event)));
            return true;
        } catch (DeltaForgeException e) {
            letters.refuse(letter.id(), new Refusal(e.reason(), String.valueOf(e.getMessage())));
            return false;
        }
    }

    private Handed hand(String sink, List<Long> ids, Map<Long, List<ChangeEvent>> made) {
        Handed handed = new Handed(sink, ids, made);
        if (!target.insert(sink, handed)) {
            handed.abandoned();
        }
        return handed;
    }

    private ReplayResult result(long id, Set<Long> gone) {
        if (gone.contains(id)) {
            return new ReplayResult(id, true, "", "delivered");
        }
        Refusal refusal = letters.refusal(id)
                .orElse(new Refusal(
                        "REPLAY_CUT_OFF",
                        "the sink has stopped or failed before it acknowledged the event: start it, and replay again"));
        return new ReplayResult(id, false, refusal.code(), refusal.message());
    }

    /** Letters on their way through one lane. */
    private final class Handed implements Insertion {

        private final String sink;
        private final List<Long> ids;
        private final Map<Long, List<ChangeEvent>> made;
        private final CountDownLatch end = new CountDownLatch(1);
        private volatile Set<Long> claimed = Set.of();
        private volatile boolean isAcknowledged;

        Handed(String sink, List<Long> ids, Map<Long, List<ChangeEvent>> made) {
            this.sink = sink;
            this.ids = List.copyOf(ids);
            this.made = made;
        }

        @Override
        public List<ChangeEvent> events() {
            Claim claim = letters.claim(sink, ids, made);
            claimed = claim.letters();
            return claim.events();
        }

        @Override
        public void acknowledged() {
            isAcknowledged = true;
            end.countDown();
        }

        @Override
        public void abandoned() {
            end.countDown();
        }

        void await() throws InterruptedException {
            end.await();
        }

        Set<Long> delivered() {
            return isAcknowledged ? claimed : Set.of();
        }
    }
}
