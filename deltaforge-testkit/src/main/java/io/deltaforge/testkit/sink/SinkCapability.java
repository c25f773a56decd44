package io.deltaforge.testkit.sink;

/** What a sink, or the test that drives it, says it can do. What is not declared is asserted to be refused or absent. */
public enum SinkCapability {
    /** The target keeps all events in one order; without it, events of one row are expected in order. */
    TOTAL_ORDER,
    /** The sink stores the position of what it holds with the events: a {@code TransactionalSink}. */
    STORES_POSITION,
    /** The sink delivers events that empty a table; without it, it must refuse them, never skip them. */
    TRUNCATE,
    /** Some events can never be delivered; the test knows how to make one. */
    REJECTS_EVENTS,
    /** The test can break the target and mend it. */
    FAULTS
}
