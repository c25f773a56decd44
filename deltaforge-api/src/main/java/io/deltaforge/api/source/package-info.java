/** The contract of a source: reads one database's log in order and releases it when told. */
package io.deltaforge.api.source;
