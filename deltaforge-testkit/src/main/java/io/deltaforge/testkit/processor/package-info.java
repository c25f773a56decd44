/** The conformance suite for processors. */
package io.deltaforge.testkit.processor;
