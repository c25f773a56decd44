/** The pipelines of a process: made, changed, started, stopped and forgotten while it runs, and brought back after a restart. */
package io.deltaforge.server.supervisor;
