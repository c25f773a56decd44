/** Reads HOCON, YAML and JSON into one tree that knows where each value is written. */
package io.deltaforge.server.config.text;
