/** What is wrong with a configuration: where, what was expected, what may have been meant, and how it is shown. */
package io.deltaforge.server.config.finding;
