/** Writes answers as JSON, for the command line and for HTTP. */
package io.deltaforge.server.json;
