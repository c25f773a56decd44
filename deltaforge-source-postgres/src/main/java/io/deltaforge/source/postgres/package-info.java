/** Reads PostgreSQL logical replication (pgoutput). */
package io.deltaforge.source.postgres;
