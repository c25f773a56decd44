/** Finds the plugins: sources, processors, sinks and checkpoint stores. */
package io.deltaforge.server.plugin;
