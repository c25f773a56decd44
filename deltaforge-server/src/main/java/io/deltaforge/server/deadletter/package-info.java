/** Dead letters as the API and the command line show them. */
package io.deltaforge.server.deadletter;
