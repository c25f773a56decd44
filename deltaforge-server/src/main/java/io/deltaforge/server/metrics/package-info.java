/** Counts, and shows what was counted in the formats of Prometheus. */
package io.deltaforge.server.metrics;
