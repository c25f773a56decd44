/** How single events become batches: by count, bytes, time and source transaction, within fixed bounds. */
package io.deltaforge.core.batch;
