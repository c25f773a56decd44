/** The contract of a sink: makes batches durable in one target and says so. */
package io.deltaforge.api.sink;
