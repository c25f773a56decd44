/** The event model: rows as the database logged them, events, transactions, positions and batches. */
package io.deltaforge.api.event;
