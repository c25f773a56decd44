/** The program: wiring, configuration, plugin loading, REST, metrics, command line. */
package io.deltaforge.server;
