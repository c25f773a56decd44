/** Durable storage for positions and for the little that a pipeline must remember besides. */
package io.deltaforge.api.checkpoint;
