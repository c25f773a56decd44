/** The durable spool: batches on disk for sinks that have fallen behind, so that nobody else has to wait for them. */
package io.deltaforge.core.spool;
