package io.deltaforge.core;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.EventId;
import io.deltaforge.api.sink.DeadLetters;

/** Keeps nothing: an event that cannot be delivered stops the pipeline, which names it. */
record NoDeadLetters(String sink) implements DeadLetters {

    @Override
    public void put(ChangeEvent event, DeliveryException failure) {
        throw new DeliveryException(
                ErrorKind.FATAL,
                failure.reason(),
                "event " + EventId.of(event) + " (" + event + ") cannot be delivered to sink " + sink + ": "
                        + failure.getMessage(),
                failure.remedy()
                        .orElse("mend or filter out the event, or set journal.enabled = true to have such events put"
                                + " aside; it was not skipped"),
                failure);
    }
}
