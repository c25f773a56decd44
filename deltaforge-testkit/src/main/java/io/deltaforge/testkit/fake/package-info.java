/** Fakes: plugins that keep everything in memory and fail when told to. They pass the conformance suites. */
package io.deltaforge.testkit.fake;
