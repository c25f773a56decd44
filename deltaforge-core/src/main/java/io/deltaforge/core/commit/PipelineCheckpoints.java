package io.deltaforge.core.commit;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.checkpoint.CheckpointStore;
import io.deltaforge.api.checkpoint.StateStore;
import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.source.Attachment;
import io.deltaforge.api.source.PositionOrder;
import io.deltaforge.api.source.SourceIdentity;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one pipeline remembers: its membership, a position per sink, and the source's small state. Whatever contradicts
 * itself stops the pipeline with the remedy; nothing is guessed and nothing starts afresh.
 */
public final class PipelineCheckpoints {

    private static final Logger LOG = LoggerFactory.getLogger(PipelineCheckpoints.class);
    private static final String MEMBERSHIP = "membership";
    private static final String CURSOR = "cursor/";
    private static final String STATE = "state/";
    /** Up to where the spool has what the sink misses; of no meaning once the cursor is further. */
    private static final String SPOOLED = "spooled/";
    /** There while the sink is given up. */
    private static final String DETACHED = "detached/";
    /** Where a sink was when its target began to store positions. */
    private static final String STORED_SINCE = "stored-since/";
    /** One byte once an operator has accepted that the log is only there from the slot on; empty when that is spent. */
    private static final String ACCEPTED = "accepted";

    private static final byte[] YES = {1};
    private static final byte[] SPENT = {};

    private final CheckpointStore store;
    private final String pipeline;
    private Membership membership;
    private boolean accepted;

    /**
     * Opens what a pipeline remembers.
     *
     * @param store an open store
     * @param pipeline the pipeline's name
     */
    public PipelineCheckpoints(CheckpointStore store, String pipeline) {
        this.store = requireNonNull(store, "store is null");
        this.pipeline = requireNonNull(pipeline, "pipeline is null");
    }

    /**
     * Writes down, durably, what is about to be read and written, before anything is made in the database.
     *
     * @param source who the database is
     * @param sinks every sink of the pipeline
     * @return whether the pipeline has positions in this log
     */
    public Attachment join(SourceIdentity source, List<String> sinks) {
        Map<String, byte[]> stored = store.load(pipeline);
        Membership known = stored.containsKey(MEMBERSHIP) ? Membership.parse(pipeline, stored.get(MEMBERSHIP)) : null;
        accepted = stored.getOrDefault(ACCEPTED, SPENT).length > 0;
        if (known == null && stored.keySet().stream().anyMatch(key -> key.startsWith(CURSOR))) {
            throw held(
                    "MEMBERSHIP_MISSING",
                    "there are positions of pipeline " + pipeline + " and no record of its sinks",
                    resetCommand(pipeline));
        }
        if (known != null && !known.source().equals(source.id())) {
            throw new CheckpointException(
                    ErrorKind.HELD,
                    "SOURCE_CHANGED",
                    "pipeline " + pipeline + " has positions in " + known.source() + ", and its source is now "
                            + source.id() + " (" + source.description() + ")",
                    "point the pipeline at the database it has read so far, or give the new one a pipeline of its own;"
                            + " to forget the old one: " + resetCommand(pipeline),
                    null);
        }
        Map<String, Boolean> members = new LinkedHashMap<>();
        for (String sink : sinks) {
            boolean attached = known != null && known.sinks().getOrDefault(sink, false);
            if (attached && !stored.containsKey(CURSOR + sink)) {
                throw held(
                        "CHECKPOINT_MISSING",
                        "sink " + sink + " of pipeline " + pipeline + " has lost its position",
                        resetCommand(pipeline) + " --sink " + sink);
            }
            members.put(sink, attached);
        }
        membership = new Membership(source.id(), members);
        if (!membership.equals(known)) {
            store.save(pipeline, Map.of(MEMBERSHIP, membership.toBytes()));
        }
        forgetRemovedSinks(known);
        // What was accepted as lost may be made anew: the slot, for one.
        return members.containsValue(true) && !accepted ? Attachment.KNOWN : Attachment.NEW;
    }

    private void forgetRemovedSinks(Membership known) {
        if (known == null) {
            return;
        }
        Set<String> removed = new HashSet<>(known.sinks().keySet());
        removed.removeAll(membership.sinks().keySet());
        if (!removed.isEmpty()) {
            LOG.warn(
                    "Pipeline {}: sinks {} are not configured any more, their positions are forgotten",
                    pipeline,
                    removed);
            store.delete(
                    pipeline,
                    removed.stream().flatMap(PipelineCheckpoints::keys).collect(Collectors.toSet()));
        }
    }

    private static Stream<String> keys(String sink) {
        return Stream.of(CURSOR + sink, STORED_SINCE + sink, SPOOLED + sink, DETACHED + sink);
    }

    /**
     * Returns where every sink has come, giving new sinks their first position, durably.
     *
     * @param oldest the oldest position from which the log is still there
     * @param order how positions relate
     * @return positions by sink id
     */
    public Map<String, SinkPosition> cursors(SourcePosition oldest, PositionOrder order) {
        Map<String, byte[]> stored = store.load(pipeline);
        Map<String, SinkPosition> cursors = new LinkedHashMap<>();
        Map<String, Boolean> members = new LinkedHashMap<>();
        Map<String, byte[]> changes = new HashMap<>();
        Set<String> stale = new HashSet<>();
        membership.sinks().forEach((sink, attached) -> {
            members.put(sink, true);
            if (attached) {
                SinkPosition position = known(sink, position(sink, stored, order), oldest, order);
                cursors.put(sink, position);
                if (accepted) {
                    changes.put(CURSOR + sink, position.cursor().toBytes());
                }
            } else {
                LOG.info("Pipeline {}: sink {} has no position yet and starts at {}", pipeline, sink, oldest);
                cursors.put(sink, SinkPosition.at(oldest));
                keys(sink).filter(stored::containsKey).forEach(stale::add);
                changes.put(CURSOR + sink, oldest.toBytes());
            }
        });
        if (accepted) {
            changes.put(ACCEPTED, SPENT);
            accepted = false;
        }
        if (!stale.isEmpty()) {
            // Of a sink of the same name, which was cut off while it was forgotten.
            store.delete(pipeline, stale);
        }
        if (!changes.isEmpty()) {
            membership = new Membership(membership.source(), members);
            changes.put(MEMBERSHIP, membership.toBytes());
            store.save(pipeline, changes);
        }
        return cursors;
    }

    private static SinkPosition position(String sink, Map<String, byte[]> stored, PositionOrder order) {
        SourcePosition cursor = order.parse(stored.get(CURSOR + sink));
        byte[] spooled = stored.get(SPOOLED + sink);
        SourcePosition needed = SinkPosition.further(cursor, spooled == null ? null : order.parse(spooled), order);
        return new SinkPosition(
                cursor, needed == cursor ? Optional.empty() : Optional.of(needed), stored.containsKey(DETACHED + sink));
    }

    private SinkPosition known(String sink, SinkPosition position, SourcePosition oldest, PositionOrder order) {
        SourcePosition cursor = position.needed();
        if (position.detached() || order.covers(cursor, oldest)) {
            return position;
        }
        if (!accepted) {
            throw new CheckpointException(
                    ErrorKind.HELD,
                    "LOG_AHEAD",
                    "sink " + sink + " of pipeline " + pipeline + " is at " + cursor
                            + ", and the log is only there from " + oldest + ": what is between would be missing",
                    "find out who moved the log forward; then load what is missing into the sink, end DeltaForge, and"
                            + " accept the gap: deltaforge checkpoint accept-slot --config FILE " + pipeline,
                    null);
        }
        LOG.warn(
                "Pipeline {}: sink {} was at {} and goes on at {}; what is between is missing, as was accepted",
                pipeline,
                sink,
                cursor,
                oldest);
        return SinkPosition.at(oldest);
    }

    /**
     * Returns what is remembered, as it is stored.
     *
     * @param order how positions are read
     * @return the record
     */
    public CheckpointRecord record(PositionOrder order) {
        Map<String, byte[]> stored = store.load(pipeline);
        Membership known = stored.containsKey(MEMBERSHIP)
                ? Membership.parse(pipeline, stored.get(MEMBERSHIP))
                : new Membership("", Map.of());
        Map<String, Optional<String>> positions = new TreeMap<>();
        known.sinks().keySet().forEach(sink -> positions.put(sink, Optional.empty()));
        stored.forEach((key, bytes) -> {
            if (key.startsWith(CURSOR)) {
                positions.put(
                        key.substring(CURSOR.length()),
                        Optional.of(order.parse(bytes).toString()));
            }
        });
        return new CheckpointRecord(
                pipeline, known.source(), positions, stored.getOrDefault(ACCEPTED, SPENT).length > 0);
    }

    /** Forgets everything: the next start is a first one, and reads from what the source still holds. */
    public void reset() {
        store.delete(pipeline, store.load(pipeline).keySet());
    }

    /**
     * Forgets one sink's position: at the next start it gets the oldest one that the source still holds.
     *
     * @param sink the sink's id
     * @return whether there was anything to forget
     */
    public boolean reset(String sink) {
        Map<String, byte[]> stored = store.load(pipeline);
        if (!stored.containsKey(MEMBERSHIP)) {
            return false;
        }
        Membership known = Membership.parse(pipeline, stored.get(MEMBERSHIP));
        if (!known.sinks().containsKey(sink)) {
            return false;
        }
        Map<String, Boolean> members = new HashMap<>(known.sinks());
        members.put(sink, false);
        // A sink that is not attached has no position, whatever is stored; so this order survives being cut off.
        store.save(pipeline, Map.of(MEMBERSHIP, new Membership(known.source(), members).toBytes()));
        store.delete(pipeline, keys(sink).collect(Collectors.toSet()));
        return true;
    }

    /**
     * Returns everything that is stored.
     *
     * @return entries for {@link #restore}
     */
    public Map<String, byte[]> kept() {
        return store.load(pipeline);
    }

    /**
     * Puts sinks back that were forgotten, with the positions that they had: a sink that is behind what the source still holds
     * halts then, where one without a position would go on past the gap. In one write.
     *
     * @param kept what {@link #kept} returned
     */
    public void restore(Map<String, byte[]> kept) {
        if (!kept.containsKey(MEMBERSHIP)) {
            return;
        }
        Membership then = Membership.parse(pipeline, kept.get(MEMBERSHIP));
        Map<String, byte[]> stored = store.load(pipeline);
        Map<String, Boolean> members = new LinkedHashMap<>();
        if (stored.containsKey(MEMBERSHIP)) {
            members.putAll(Membership.parse(pipeline, stored.get(MEMBERSHIP)).sinks());
        }
        Map<String, byte[]> changes = new HashMap<>();
        then.sinks().forEach((sink, attached) -> {
            if (attached && !members.getOrDefault(sink, false)) {
                members.put(sink, true);
                keys(sink).filter(kept::containsKey).forEach(key -> changes.put(key, kept.get(key)));
            }
        });
        if (!changes.isEmpty()) {
            changes.put(MEMBERSHIP, new Membership(then.source(), members).toBytes());
            store.save(pipeline, changes);
        }
    }

    /**
     * Notes that at the next start sinks which are behind what the source still holds go on from there, and that what holds
     * the log may be made anew. Spent by the first start that reads.
     */
    public void acceptSlot() {
        store.save(pipeline, Map.of(ACCEPTED, YES));
    }

    /**
     * Stores positions, all or none, durably.
     *
     * @param positions by sink id: how far its acknowledged events reach
     * @param spooled by sink id: how far the spool has what it misses
     */
    public void save(Map<String, SourcePosition> positions, Map<String, SourcePosition> spooled) {
        Map<String, byte[]> entries = new HashMap<>();
        positions.forEach((sink, position) -> entries.put(CURSOR + sink, position.toBytes()));
        spooled.forEach((sink, position) -> entries.put(SPOOLED + sink, position.toBytes()));
        if (!entries.isEmpty()) {
            store.save(pipeline, entries);
        }
    }

    /**
     * Notes, durably, that a sink is given up.
     *
     * @param sink the sink's id
     */
    public void detach(String sink) {
        store.save(pipeline, Map.of(DETACHED + sink, YES));
    }

    /**
     * Makes a sink one of the pipeline's, durably, with a first position or a new one.
     *
     * @param sink the sink's id
     * @param cursor the position
     * @param spooled how far the spool has what lies behind that, where the log has not
     */
    public void attach(String sink, SourcePosition cursor, Optional<SourcePosition> spooled) {
        // What goes with an old position goes first: a new one must never be read with it.
        store.delete(pipeline, Set.of(STORED_SINCE + sink, SPOOLED + sink));
        Map<String, Boolean> members = new HashMap<>(membership.sinks());
        members.put(sink, true);
        Membership more = new Membership(membership.source(), members);
        Map<String, byte[]> entries = new HashMap<>();
        entries.put(CURSOR + sink, cursor.toBytes());
        entries.put(MEMBERSHIP, more.toBytes());
        spooled.ifPresent(position -> entries.put(SPOOLED + sink, position.toBytes()));
        store.save(pipeline, entries);
        // Only now: one that could not be written is none of the pipeline's.
        membership = more;
        store.delete(pipeline, Set.of(DETACHED + sink));
    }

    /**
     * Forgets, durably, a sink that is no longer one of the pipeline's.
     *
     * @param sink the sink's id
     */
    public void forget(String sink) {
        Map<String, Boolean> members = new HashMap<>(membership.sinks());
        members.remove(sink);
        Membership without = new Membership(membership.source(), members);
        store.save(pipeline, Map.of(MEMBERSHIP, without.toBytes()));
        membership = without;
        store.delete(pipeline, keys(sink).collect(Collectors.toSet()));
    }

    /**
     * Returns what watches over a sink's target.
     *
     * @param sink the sink's id
     * @param order how positions relate
     * @return a witness of its own
     */
    public PositionWitness witness(String sink, PositionOrder order) {
        return new StoredWitness(store, pipeline, sink, STORED_SINCE + sink, order);
    }

    /**
     * Returns the durable values of the pipeline's source.
     *
     * @return a store of its own
     */
    public StateStore state() {
        return new StateStore() {
            @Override
            public Optional<byte[]> get(String name) {
                return store.load(pipeline, STATE + name);
            }

            @Override
            public void put(String name, byte[] value) {
                store.save(pipeline, Map.of(STATE + name, value));
            }
        };
    }

    static String resetCommand(String pipeline) {
        return "deltaforge checkpoint reset --config FILE " + pipeline;
    }

    private static CheckpointException held(String reason, String message, String command) {
        return new CheckpointException(
                ErrorKind.HELD,
                reason,
                message,
                "restore the data directory from a copy; or end DeltaForge and start from what the slot holds, which"
                        + " may repeat events: " + command,
                null);
    }
}
