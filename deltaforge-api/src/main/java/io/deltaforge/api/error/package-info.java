/** How failures are classified: once, by the part that understands them. */
package io.deltaforge.api.error;
