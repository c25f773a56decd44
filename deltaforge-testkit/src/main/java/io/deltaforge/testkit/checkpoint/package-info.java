/** The conformance suite for checkpoint stores. */
package io.deltaforge.testkit.checkpoint;
