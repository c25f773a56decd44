/** What the process says: levels, form, and how often. The only package that knows Logback. */
package io.deltaforge.server.logging;
