package io.deltaforge.core;

import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.source.PositionOrder;
import io.deltaforge.api.source.SourceIdentity;
import io.deltaforge.core.commit.SinkPosition;
import io.deltaforge.core.fanout.LaneStart;
import io.deltaforge.core.fanout.SpoolSpec;
import io.deltaforge.core.spool.SpoolLog;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where a pipeline goes on, given its positions and its spool; makes sure that the spool has what the positions say it has.
 *
 * @param spool the open spool, if there is one
 * @param lanes by sink: where its lane begins
 * @param begin where the source begins to read
 */
record Spools(Optional<SpoolSpec> spool, Map<String, LaneStart> lanes, SourcePosition begin) {

    /** What is in a spool. */
    private record Range(SourcePosition start, SourcePosition end) {}

    /**
     * Opens the spool if the pipeline has one or needs one.
     *
     * @param oldest where to begin when no sink needs anything
     * @throws CheckpointException {@code HELD} when it does not have what some sink misses
     */
    static Spools open(
            PipelineDefinition definition,
            SourceIdentity source,
            SourcePosition oldest,
            Map<String, SinkPosition> positions,
            PositionOrder order) {
        Optional<SpoolLog> log = log(definition, source, positions, order);
        try {
            Optional<Range> range = range(definition, positions, log, order);
            Map<String, LaneStart> lanes = new LinkedHashMap<>();
            List<SourcePosition> needed = new ArrayList<>();
            positions.forEach((sink, position) -> {
                LaneStart lane = lane(position, range, order);
                lanes.put(sink, lane);
                switch (lane.from()) {
                    case WINDOW -> needed.add(position.cursor());
                    case SPOOL -> needed.add(range.orElseThrow().end());
                    case NOWHERE -> {}
                }
            });
            SourcePosition begin = needed.isEmpty() ? oldest : order.restart(needed);
            return new Spools(
                    log.map(open -> new SpoolSpec(
                            open,
                            definition.spool().orElseThrow().limits(),
                            definition.spool().orElseThrow().enabled())),
                    lanes,
                    begin);
        } catch (RuntimeException e) {
            log.ifPresent(SpoolLog::close);
            throw e;
        }
    }

    /** A sink that is inside of what the spool has goes on there, for whomever it was written. */
    private static LaneStart lane(SinkPosition position, Optional<Range> range, PositionOrder order) {
        SourcePosition cursor = position.cursor();
        if (position.detached()) {
            return new LaneStart(cursor, LaneStart.From.NOWHERE);
        }
        boolean inside = range.isPresent()
                && order.covers(cursor, range.get().start())
                && !order.covers(cursor, range.get().end());
        return inside ? new LaneStart(cursor, LaneStart.From.SPOOL) : LaneStart.at(cursor);
    }

    private static boolean depends(SinkPosition position) {
        return !position.detached() && position.spooled().isPresent();
    }

    private static Optional<SpoolLog> log(
            PipelineDefinition definition,
            SourceIdentity source,
            Map<String, SinkPosition> positions,
            PositionOrder order) {
        Optional<String> dependent = positions.entrySet().stream()
                .filter(entry -> depends(entry.getValue()))
                .map(Map.Entry::getKey)
                .findFirst();
        if (definition.spool().isEmpty()) {
            dependent.ifPresent(sink -> {
                throw missing(definition, sink, "and no directory of a spool is known");
            });
            return Optional.empty();
        }
        SpoolDefinition spool = definition.spool().get();
        if (!spool.enabled() && dependent.isEmpty() && !SpoolLog.isIn(spool.directory())) {
            return Optional.empty();
        }
        return Optional.of(SpoolLog.open(
                new SpoolLog.Place(spool.directory(), definition.name(), source.id()),
                order,
                InstantSource.system(),
                spool.limits().maxBytes()));
    }

    /** What the spool has, if any sink depends on it. */
    private static Optional<Range> range(
            PipelineDefinition definition,
            Map<String, SinkPosition> positions,
            Optional<SpoolLog> log,
            PositionOrder order) {
        if (positions.values().stream().noneMatch(Spools::depends)) {
            // Left over from a process that ended before it could delete it.
            log.ifPresent(open -> open.takeAll().forEach(Runnable::run));
            return Optional.empty();
        }
        SpoolLog open = log.orElseThrow();
        positions.forEach((sink, position) -> {
            if (depends(position)) {
                check(definition, sink, position, open, order);
            }
        });
        return Optional.of(new Range(open.start().orElseThrow(), open.end().orElseThrow()));
    }

    private static void check(
            PipelineDefinition definition, String sink, SinkPosition position, SpoolLog log, PositionOrder order) {
        SourcePosition needed = position.needed();
        Optional<SourcePosition> start = log.start();
        Optional<SourcePosition> end = log.end();
        if (start.isEmpty() || end.isEmpty()) {
            throw missing(definition, sink, "and it is empty; it must have " + position.cursor() + " to " + needed);
        }
        if (!order.covers(position.cursor(), start.get()) || !order.covers(end.get(), needed)) {
            throw missing(
                    definition,
                    sink,
                    "and it has " + start.get() + " to " + end.get() + "; it must have " + position.cursor() + " to "
                            + needed);
        }
    }

    private static CheckpointException missing(PipelineDefinition definition, String sink, String what) {
        String where = definition
                .spool()
                .map(spool -> "the spool in " + spool.directory() + " is to have")
                .orElse("a spool is to have");
        return new CheckpointException(
                ErrorKind.HELD,
                "SPOOL_MISSING",
                "sink " + sink + " of pipeline " + definition.name() + " misses events that " + where + ", " + what,
                "bring the directory back as it was: it may hold the only copy of them. To give them up: load them into the sink"
                        + " in another way, and give it a new position: deltaforge checkpoint reset --config FILE "
                        + definition.name() + " --sink " + sink,
                null);
    }
}
