/** How long to wait before trying again. */
package io.deltaforge.core.retry;
