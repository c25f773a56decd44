/** Real PostgreSQL and Kafka servers as child processes, from Maven artifacts. Depends on no other module. */
package io.deltaforge.sandbox;
