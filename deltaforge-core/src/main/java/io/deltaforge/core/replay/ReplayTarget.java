package io.deltaforge.core.replay;

import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.core.fanout.Insertion;
import java.util.List;
import java.util.Set;

/** What a replay needs of the pipeline that runs. Called on the thread of the replay. */
public interface ReplayTarget {

    /**
     * Returns the sinks.
     *
     * @return their ids
     */
    Set<String> sinks();

    /**
     * Has a sink deliver something besides the log.
     *
     * @param sink its id
     * @param insertion what
     * @return whether it takes anything
     */
    boolean insert(String sink, Insertion insertion);

    /**
     * Says whether a sink has durably come past an event, so that it will not be read again.
     *
     * @param sink its id
     * @param position where the event stands, as it was stored
     * @return true when it has, and when nobody can say
     */
    boolean hasPassed(String sink, byte[] position);

    /**
     * Runs an event through a processor and those behind it, made anew for this.
     *
     * @param processor the processor's id
     * @param event the event
     * @return what came out of the last, possibly nothing
     * @throws io.deltaforge.api.error.DeltaForgeException when a processor fails, or there is none of this id
     */
    List<ChangeEvent> process(String processor, ChangeEvent event);
}
