/** The command line. */
package io.deltaforge.server.cli;
