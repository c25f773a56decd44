/** Turns PostgreSQL's logical replication messages (pgoutput) into transactions, tables and rows over the wire's own bytes. */
package io.deltaforge.source.postgres.pgoutput;
