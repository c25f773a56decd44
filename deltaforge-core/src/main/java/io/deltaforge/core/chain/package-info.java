/** The processors of a pipeline, one behind the other. */
package io.deltaforge.core.chain;
