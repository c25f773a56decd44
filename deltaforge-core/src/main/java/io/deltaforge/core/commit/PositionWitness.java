package io.deltaforge.core.commit;

import io.deltaforge.api.event.SourcePosition;

/**
 * Remembers, apart from the target, how far a sink has come, and so notices when the target has lost what it held. Called on
 * the lane's thread; may block on storage.
 */
public interface PositionWitness {

    /**
     * Settles where a sink stands that stores positions itself.
     *
     * @param held what its target holds, or null when that is nothing
     * @param remembered how far the sink has come as far as it is known here
     * @return where to go on
     * @throws io.deltaforge.api.error.DeltaForgeException of kind {@code HELD} when the target holds less than it did
     */
    SourcePosition settle(SourcePosition held, SourcePosition remembered);

    /** Takes note that the sink stores no positions (any more): what its target holds means nothing from here on. */
    void withoutPositions();
}
