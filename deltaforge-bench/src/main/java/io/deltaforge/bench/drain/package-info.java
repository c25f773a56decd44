/** End to end: a backlog in PostgreSQL into a Kafka topic, alternating with {@code pg_recvlogical} on the same machine. */
package io.deltaforge.bench.drain;
