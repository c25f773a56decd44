/** The shapes in which events leave: what is around a row, and how it is written. */
package io.deltaforge.core.envelope;
