package io.deltaforge.core.envelope;

import io.deltaforge.api.encode.EventEncoder;

/** The shape of encoded events, with its options. Immutable; equal ones give equal bytes for the same event. */
public sealed interface Envelope permits NativeEnvelope, DebeziumEnvelope, CloudEventsEnvelope {

    /** DeltaForge's own shape. */
    Envelope NATIVE = new NativeEnvelope();

    /**
     * Returns the name used in configurations.
     *
     * @return the word of the setting {@code type}
     */
    String configName();

    /**
     * Makes an encoder.
     *
     * @param pipeline the pipeline's name
     * @return a new encoder, for one thread at a time
     */
    EventEncoder encoder(String pipeline);
}
