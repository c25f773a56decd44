/** A seeded load on a real PostgreSQL that writes down, inside each transaction, what must arrive. */
package io.deltaforge.e2e.workload;
