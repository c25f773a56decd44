/** The conformance suite for sources. */
package io.deltaforge.testkit.source;
