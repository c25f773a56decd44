/** Delivering dead letters after all, through the sinks' own lanes. */
package io.deltaforge.core.replay;
