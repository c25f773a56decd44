/** Conformance suites and fakes for plugin authors. */
package io.deltaforge.testkit;
