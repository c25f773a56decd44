/** Puts the parts of a process together. The only package that knows Guice. */
package io.deltaforge.server.wiring;
