/** What PostgreSQL's types mean, and how their binary and text forms on the wire are read. */
package io.deltaforge.source.postgres.type;
