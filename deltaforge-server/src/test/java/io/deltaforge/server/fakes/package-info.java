/** Plugins for tests that run the server in a process of its own: everything they do can be read from files afterwards. */
package io.deltaforge.server.fakes;
