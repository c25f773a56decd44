package io.deltaforge.core.envelope;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.encode.EventEncoder;

/**
 * CloudEvents 1.0.
 *
 * @param typePrefix what the attribute {@code type} begins with
 * @param binary whether the attributes are headers and the value is the data alone (binary content mode), else all is in the
 *     value (structured content mode)
 */
record CloudEventsEnvelope(String typePrefix, boolean binary) implements Envelope {

    static final String NAME = "cloudevents";

    CloudEventsEnvelope {
        requireNonNull(typePrefix, "typePrefix is null");
    }

    @Override
    public String configName() {
        return NAME;
    }

    @Override
    public EventEncoder encoder(String pipeline) {
        return new CloudEventsEncoder(this, pipeline);
    }
}
