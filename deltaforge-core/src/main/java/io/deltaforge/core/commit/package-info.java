/** Which acknowledgements count, and what is remembered of them. */
package io.deltaforge.core.commit;
