/** Writing JSON as bytes, without objects in between. */
package io.deltaforge.core.json;
