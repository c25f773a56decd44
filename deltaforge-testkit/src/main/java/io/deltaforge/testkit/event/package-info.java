/** Events for tests, typed and readable, over a log with whole numbers for positions. */
package io.deltaforge.testkit.event;
