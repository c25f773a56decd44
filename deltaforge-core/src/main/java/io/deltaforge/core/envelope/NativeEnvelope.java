package io.deltaforge.core.envelope;

import io.deltaforge.api.encode.EventEncoder;

/** DeltaForge's own shape; it has no options. */
record NativeEnvelope() implements Envelope {

    static final String NAME = "native";

    @Override
    public String configName() {
        return NAME;
    }

    @Override
    public EventEncoder encoder(String pipeline) {
        return new NativeEncoder(pipeline);
    }
}
