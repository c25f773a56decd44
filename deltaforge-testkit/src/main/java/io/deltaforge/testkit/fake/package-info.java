/** Fakes: plugins in memory that fail when told to, or are named for how they misbehave, and a clock that a test moves. */
package io.deltaforge.testkit.fake;
