/** Events as bytes, so that what is read back gives the same bytes in every envelope: for dead letters and for the spool. */
package io.deltaforge.core.stored;
