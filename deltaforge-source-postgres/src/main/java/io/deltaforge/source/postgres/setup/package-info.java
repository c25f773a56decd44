/** What must be there before the log can be read: the server's settings, rights, the publication and the slot. */
package io.deltaforge.source.postgres.setup;
