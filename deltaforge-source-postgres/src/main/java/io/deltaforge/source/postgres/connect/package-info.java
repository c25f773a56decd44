/** How a PostgreSQL server is reached: connection strings, connections, and what their failures mean. */
package io.deltaforge.source.postgres.connect;
