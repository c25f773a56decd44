/** Dead letters: events that can never be delivered as they are, kept durably until an operator decides. */
package io.deltaforge.core.deadletter;
