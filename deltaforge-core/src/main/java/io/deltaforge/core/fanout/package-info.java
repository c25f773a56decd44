/** From one stream of batches to many sinks, each at its own pace, each in order. */
package io.deltaforge.core.fanout;
