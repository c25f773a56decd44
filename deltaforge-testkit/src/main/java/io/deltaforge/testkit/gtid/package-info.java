/**
 * A fake database whose positions are partially ordered, as MySQL's sets of executed transactions are (MySQL Reference
 * Manual, "GTID Format and Storage"), with several servers, failover, and a snapshot phase before the log.
 */
package io.deltaforge.testkit.gtid;
