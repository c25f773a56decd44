package io.deltaforge.core.simulation;

import io.deltaforge.core.simulation.SimulatedWorld.StatedPolicy;
import io.deltaforge.core.support.Log;
import io.deltaforge.core.support.MemoryStore;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Says what is wrong, the moment it is: a position is saved of which something is neither in the target nor among the dead
 * letters, or moves back, or is ahead of what the target itself stores; the log is released beyond what a sink has or the spool
 * has for it; something is reported as committed that the policy does not allow; a sink is given events with a gap between; an
 * exactly-once target has one twice. Safe from any thread.
 */
final class WorldJudge implements JudgingStore.Judge {

    private static final String CURSOR = "cursor/";
    private static final String SPOOLED = "spooled/";
    private static final int SHOWN = 5;
    private static final Log.Order ORDER = new Log.Order();

    private final Committed committed;
    private final MemoryStore store;
    private final Map<String, SimulatedTarget> targets;
    /** By sink: how many events lie before its first one. */
    private final Map<String, Integer> starts = new ConcurrentHashMap<>();
    /** By sink: how many events have been judged. */
    private final Map<String, Integer> judged = new ConcurrentHashMap<>();
    /** The sinks that were given up at some time, and so have a gap. */
    private final Set<String> withGap = ConcurrentHashMap.newKeySet();

    private final Set<String> leaving = ConcurrentHashMap.newKeySet();
    private final List<String> wrong = new CopyOnWriteArrayList<>();

    WorldJudge(Committed committed, MemoryStore store, Map<String, SimulatedTarget> targets) {
        this.committed = committed;
        this.store = store;
        this.targets = targets;
    }

    List<String> wrong() {
        return wrong;
    }

    void report(String what) {
        if (wrong.size() < SHOWN) {
            wrong.add(what);
        }
    }

    /** A sink is about to be removed: nothing is kept for it any more. */
    void leaving(String sink) {
        leaving.add(sink);
    }

    void left(String sink) {
        leaving.remove(sink);
    }

    /** Whether these entries give sinks a first position, or another one. */
    private static boolean attaches(Map<String, byte[]> entries) {
        return entries.containsKey("membership");
    }

    private static Log.Position position(byte[] bytes) {
        return (Log.Position) ORDER.parse(bytes);
    }

    @Override
    public void saving(Map<String, byte[]> entries) {
        if (attaches(entries)) {
            return;
        }
        entries.forEach((key, bytes) -> {
            String sink = key.substring(key.indexOf('/') + 1);
            if (key.startsWith(CURSOR) && targets.containsKey(sink)) {
                saving(sink, position(bytes));
            } else if (key.startsWith(SPOOLED) && targets.containsKey(sink)) {
                spooling(sink, position(bytes));
            }
        });
    }

    /** What the spool has for a sink; less than before only of what the sink has meanwhile. */
    private void spooling(String sink, Log.Position end) {
        byte[] before = store.entries.get(SPOOLED + sink);
        Log.Position cursor = store.cursor(sink);
        if (before != null && !ORDER.covers(end, position(before)) && !ORDER.covers(cursor, position(before))) {
            report("the spool is to have " + end + " for " + sink + " at " + cursor + ", and it had "
                    + position(before));
        }
    }

    private void saving(String sink, Log.Position position) {
        Log.Position before = store.cursor(sink);
        if (position.equals(before)) {
            return;
        }
        if (before != null && !ORDER.covers(position, before)) {
            report("the saved position of " + sink + " goes back from " + before + " to " + position);
        }
        SimulatedTarget target = targets.get(sink);
        if (target.isTransactional() && (target.stored() == null || !ORDER.covers(target.stored(), position))) {
            report("the saved position of " + sink + " is " + position + ", and its target stores " + target.stored());
        }
        for (int place = judged.getOrDefault(sink, 0); place < committed.upTo(position); place++) {
            if (!holds(sink, place)) {
                report(position + " is saved for " + sink + ", and it has not got "
                        + committed.at(place).name());
            }
        }
    }

    /** Whether an event is where it belongs: in the target, or put aside. */
    private boolean holds(String sink, int place) {
        Committed.Event event = committed.at(place);
        return targets.get(sink).isDurable(event.name())
                || store.besides.containsKey(
                        "index/sink/" + sink + "/" + String.format("%016x%016x", event.idHigh(), event.idLow()));
    }

    @Override
    public void saved(Map<String, byte[]> entries) {
        boolean attaches = attaches(entries);
        entries.forEach((key, bytes) -> {
            if (key.startsWith(CURSOR)) {
                String sink = key.substring(CURSOR.length());
                int upTo = committed.upTo(position(bytes));
                if (attaches) {
                    starts.put(sink, upTo);
                    judged.put(sink, upTo);
                } else {
                    judged.merge(sink, upTo, Math::max);
                }
            } else if (key.startsWith("detached/")) {
                withGap.add(key.substring("detached/".length()));
            }
        });
    }

    private boolean isDetached(String sink) {
        return store.entries.containsKey("detached/" + sink);
    }

    /** The log is about to be released. */
    void releasing(Log.Position upTo) {
        for (String sink : targets.keySet()) {
            byte[] cursor = store.entries.get(CURSOR + sink);
            byte[] spooled = store.entries.get(SPOOLED + sink);
            boolean kept = cursor != null && ORDER.covers(position(cursor), upTo)
                    || spooled != null && ORDER.covers(position(spooled), upTo);
            if (!kept && cursor != null && !isDetached(sink) && !leaving.contains(sink)) {
                report("released " + upTo + ", and sink " + sink + " at " + position(cursor) + " needs it");
            }
        }
    }

    /** This is reported as committed. */
    void committed(Optional<String> text, StatedPolicy policy, Set<String> required) {
        if (text.isEmpty()) {
            return;
        }
        String[] parts = text.get().split("\\+", -1);
        Log.Position reported = parts.length == 1
                ? Log.end(Long.parseLong(parts[0]))
                : Log.at(Long.parseLong(parts[0]), Long.parseLong(parts[1]));
        Set<String> missing = new HashSet<>(targets.keySet());
        missing.removeIf(sink -> {
            Log.Position cursor = store.cursor(sink);
            return cursor != null && ORDER.covers(cursor, reported);
        });
        boolean allowed =
                switch (policy.mode()) {
                    case "quorum" -> targets.size() - missing.size() >= policy.quorum();
                    case "required" -> missing.stream().noneMatch(required::contains);
                    default -> missing.isEmpty();
                };
        if (!allowed) {
            report(reported + " is reported as committed by " + policy + ", and " + missing + " have not got it, of "
                    + targets.keySet() + ", required " + required);
        }
    }

    /** Whether a sink has everything from its start on, or was given up. */
    boolean hasEverything(String sink) {
        if (isDetached(sink)) {
            return true;
        }
        for (int place = committed.size() - 1; place >= starts.getOrDefault(sink, 0); place--) {
            if (!holds(sink, place)) {
                return false;
            }
        }
        return true;
    }

    /** Looks at everything that a sink was given. */
    void atTheEnd(String sink) {
        SimulatedTarget target = targets.get(sink);
        target.wrong().forEach(what -> report(sink + ": " + what));
        if (withGap.contains(sink)) {
            return;
        }
        int start = starts.getOrDefault(sink, 0);
        int furthest = start - 1;
        for (String event : target.handed()) {
            int place = committed.placeOf(event);
            // Going back is a replay; going forward goes by one.
            if (place < start || place > furthest + 1 && !isPutAsideBetween(sink, furthest + 1, place)) {
                report("sink " + sink + " was given " + event + ", " + place + ", when it was at " + furthest);
            }
            furthest = Math.max(furthest, place);
        }
        if (target.isTransactional()) {
            List<String> expected = committed.namesFrom(start).stream()
                    .filter(target::isDurable)
                    .toList();
            if (!target.visible().equals(expected)) {
                report("sink " + sink + " shows " + target.visible() + " in place of " + expected);
            }
        }
    }

    /** What is among the dead letters is not given to the sink again. */
    private boolean isPutAsideBetween(String sink, int from, int to) {
        for (int place = from; place < to; place++) {
            if (targets.get(sink).isDurable(committed.at(place).name())) {
                return false;
            }
        }
        return true;
    }
}
