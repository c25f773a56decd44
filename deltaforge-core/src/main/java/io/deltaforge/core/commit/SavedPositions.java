package io.deltaforge.core.commit;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.error.SourceException;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.source.PositionOrder;
import io.deltaforge.core.commit.Moves.Progress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the store has of the sinks' positions, and what follows from it. Not thread-safe. */
final class SavedPositions {

    private final PositionOrder order;
    private final Map<String, Progress> saved = new LinkedHashMap<>();
    private final Map<String, SourcePosition> spooled = new HashMap<>();
    private final Set<String> detached = new HashSet<>();
    private final Map<String, Instant> savedAt = new HashMap<>();

    SavedPositions(PositionOrder order, Map<String, SinkPosition> known) {
        this.order = requireNonNull(order, "order is null");
        known.forEach((sink, position) -> {
            saved.put(sink, new Progress(0, position.cursor()));
            position.spooled().ifPresent(end -> spooled.put(sink, end));
            if (position.detached()) {
                detached.add(sink);
            }
        });
    }

    Set<String> sinks() {
        return saved.keySet();
    }

    Optional<SourcePosition> cursor(String sink) {
        return Optional.ofNullable(saved.get(sink)).map(Progress::end);
    }

    Optional<Instant> savedAt(String sink) {
        return Optional.ofNullable(savedAt.get(sink));
    }

    /** A sink is given up; what it has acknowledged last, if that is known, is what it will be known to hold. */
    void detach(String sink, Progress last) {
        detached.add(sink);
        spooled.remove(sink);
        if (last != null) {
            saved.put(sink, last);
        }
    }

    /** A sink begins that is new, or was given up. */
    void attach(String sink, SourcePosition cursor, Optional<SourcePosition> alreadySpooled) {
        detached.remove(sink);
        saved.put(sink, new Progress(0, cursor));
        spooled.remove(sink);
        alreadySpooled.ifPresent(end -> spooled.put(sink, end));
    }

    void forget(String sink) {
        saved.remove(sink);
        spooled.remove(sink);
        detached.remove(sink);
        savedAt.remove(sink);
    }

    /** What was under way is saved; returns the numbers of the last batches that are saved by that. */
    Map<String, Long> advance(Moves moves) {
        Map<String, Long> sequences = new HashMap<>();
        Instant now = Instant.now();
        moves.acknowledged().forEach((sink, progress) -> {
            // It may have been given up meanwhile.
            if (!detached.contains(sink)) {
                saved.put(sink, progress);
                savedAt.put(sink, now);
                sequences.put(sink, progress.sequence());
            }
        });
        moves.spooled().forEach((sink, end) -> {
            if (!detached.contains(sink)) {
                spooled.put(sink, end);
            }
        });
        return sequences;
    }

    /** Where a restart would begin to read; empty when every sink was given up. */
    Optional<SourcePosition> needed() {
        List<SourcePosition> needed = new ArrayList<>();
        saved.forEach((sink, progress) -> {
            if (!detached.contains(sink)) {
                needed.add(SinkPosition.further(progress.end(), spooled.get(sink), order));
            }
        });
        return needed.isEmpty() ? Optional.empty() : Optional.of(order.restart(needed));
    }

    /** The furthest position that a policy counts as committed; empty when nothing was committed in this run. */
    Optional<SourcePosition> committed(CommitPolicy policy, Set<String> required) {
        Progress best = null;
        for (Progress candidate : saved.values()) {
            Set<String> holders = new HashSet<>();
            saved.forEach((sink, progress) -> {
                if (!detached.contains(sink) && certainlyCovers(progress.end(), candidate.end())) {
                    holders.add(sink);
                }
            });
            boolean further = best == null || certainlyCovers(candidate.end(), best.end());
            if (further && candidate.sequence() > 0 && policy.isCommitted(saved.keySet(), required, holders)) {
                best = candidate;
            }
        }
        return Optional.ofNullable(best).map(Progress::end);
    }

    /** What cannot be compared halts the pipeline where it matters; what is said here is only what is certain. */
    private boolean certainlyCovers(SourcePosition cursor, SourcePosition position) {
        try {
            return order.covers(cursor, position);
        } catch (SourceException e) {
            return false;
        }
    }
}
