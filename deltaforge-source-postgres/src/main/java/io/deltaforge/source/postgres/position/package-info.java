/** Where in PostgreSQL's write-ahead log events end, how such places relate across timelines, and how they are stored. */
package io.deltaforge.source.postgres.position;
