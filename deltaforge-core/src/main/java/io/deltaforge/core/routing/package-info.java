/** Templates that say where an event goes. */
package io.deltaforge.core.routing;
