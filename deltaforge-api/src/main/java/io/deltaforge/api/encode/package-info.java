/** What a sink is given to turn events into bytes and to find out where they go. */
package io.deltaforge.api.encode;
