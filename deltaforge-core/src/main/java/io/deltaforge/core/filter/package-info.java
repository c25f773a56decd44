/** The built-in processor that lets events through by operation, table and column values. */
package io.deltaforge.core.filter;
