package io.deltaforge.testkit.source;

/** What a source, or the test that drives it, says it can do. */
public enum SourceCapability {
    /** A new pipeline first gets the rows that are there already; without it, it gets changes only. */
    SNAPSHOT,
    /** Only one instance may read for a pipeline; a second one is told {@code STANDBY}. */
    OWNERSHIP,
    /** The test can cut the source's connection. */
    FAULTS,
    /** Positions may be incomparable; the test can make two such positions. */
    PARTIAL_ORDER
}
