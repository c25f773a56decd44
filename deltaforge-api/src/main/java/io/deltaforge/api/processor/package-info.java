/** Steps between source and sinks that change, drop or add events. */
package io.deltaforge.api.processor;
