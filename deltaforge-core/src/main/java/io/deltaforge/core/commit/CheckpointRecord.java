package io.deltaforge.core.commit;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is stored of one pipeline.
 *
 * @param pipeline its name
 * @param source the identity of the log it reads; empty when nothing is stored
 * @param positions by sink: how far its acknowledged events reach, empty for a sink that has no position yet
 * @param accepted whether an operator has accepted the slot as it is, for the next start
 */
public record CheckpointRecord(
        String pipeline, String source, Map<String, Optional<String>> positions, boolean accepted) {

    /** Copies the positions, sorted by sink. */
    public CheckpointRecord {
        requireNonNull(pipeline, "pipeline is null");
        requireNonNull(source, "source is null");
        positions = Collections.unmodifiableMap(new TreeMap<>(positions));
    }
}
