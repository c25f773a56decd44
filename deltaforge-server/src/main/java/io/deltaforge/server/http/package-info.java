/** Serves metrics and health over HTTP. */
package io.deltaforge.server.http;
