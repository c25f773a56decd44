package io.deltaforge.e2e.quickstart;

/**
 * An event as a consumer of Kafka got it.
 *
 * @param change the change it tells of
 * @param eventId its id, the same whenever it is delivered again
 * @param latencyMillis from the commit in PostgreSQL to the consumer, milliseconds
 */
record SeenEvent(Change change, String eventId, long latencyMillis) {}
