/** Starts and stops the parts of a process in order. */
package io.deltaforge.server.lifecycle;
