/** The conformance suite for sinks. */
package io.deltaforge.testkit.sink;
