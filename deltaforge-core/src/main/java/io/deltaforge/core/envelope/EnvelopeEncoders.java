package io.deltaforge.core.envelope;

import io.deltaforge.api.encode.EventEncoder;

/** Makes encoders. */
public final class EnvelopeEncoders {

    private EnvelopeEncoders() {}

    /**
     * Makes an encoder.
     *
     * @param envelope the shape, with its options
     * @param pipeline the pipeline's name
     * @return a new encoder, for one thread at a time
     */
    public static EventEncoder create(Envelope envelope, String pipeline) {
        return envelope.encoder(pipeline);
    }
}
