/** The few kinds of metric that plugins and the engine use; what collects them stays out of sight. */
package io.deltaforge.api.metrics;
