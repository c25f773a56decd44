/** {@code ./deltaforge quickstart}: a shop in a real PostgreSQL, streamed to a real Kafka, watched and checked change by change. */
package io.deltaforge.e2e.quickstart;
