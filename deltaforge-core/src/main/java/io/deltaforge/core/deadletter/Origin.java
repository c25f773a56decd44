package io.deltaforge.core.deadletter;

import static java.util.Objects.requireNonNull;

/**
 * Who could not go on with an event.
 *
 * @param stage whether it is a sink or a processor
 * @param name its id in the pipeline
 */
public record Origin(Stage stage, String name) {

    private static final String PROCESSOR = "processor/";

    /** Kinds of those who put events aside. */
    public enum Stage {
        /** The event is missing in this sink alone. */
        SINK,
        /** The event is missing in every sink. */
        PROCESSOR
    }

    /** Refuses missing parts. */
    public Origin {
        requireNonNull(stage, "stage is null");
        requireNonNull(name, "name is null");
    }

    /**
     * Names a sink.
     *
     * @param id its id
     * @return the origin
     */
    public static Origin sink(String id) {
        return new Origin(Stage.SINK, id);
    }

    /**
     * Names a processor.
     *
     * @param id its id
     * @return the origin
     */
    public static Origin processor(String id) {
        return new Origin(Stage.PROCESSOR, id);
    }

    /**
     * Reads what {@link #toString} gave.
     *
     * @param text a sink's id, or {@code processor/ID}
     * @return the origin
     */
    public static Origin parse(String text) {
        return text.startsWith(PROCESSOR) ? processor(text.substring(PROCESSOR.length())) : sink(text);
    }

    /** The sink's id, or {@code processor/ID}; no sink has a slash in its id. */
    @Override
    public String toString() {
        return stage == Stage.SINK ? name : PROCESSOR + name;
    }
}
