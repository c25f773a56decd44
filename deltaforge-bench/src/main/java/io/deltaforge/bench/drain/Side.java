package io.deltaforge.bench.drain;

/** Who drains. */
enum Side {
    /** Whoever reads the log without doing anything with it. */
    REFERENCE("reference"),
    /** DeltaForge with a Kafka sink as it is by default. */
    DELTAFORGE("DeltaForge"),
    /** DeltaForge with a Kafka sink that delivers exactly once. */
    EXACTLY_ONCE("DeltaForge, exactly once");

    private final String text;

    Side(String text) {
        this.text = text;
    }

    /** Says whether DeltaForge's own figures are measured. */
    boolean isOurs() {
        return this != REFERENCE;
    }

    @Override
    public String toString() {
        return text;
    }
}
