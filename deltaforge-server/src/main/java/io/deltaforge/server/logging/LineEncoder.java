package io.deltaforge.server.logging;

import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Context;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.EncoderBase;

/** Lines for people, or one JSON object per line; may be changed while the process runs. */
public final class LineEncoder extends EncoderBase<ILoggingEvent> {

    private static final String JSON = "json";

    private final PatternLayoutEncoder text = new PatternLayoutEncoder();
    private final JsonEncoder json = new JsonEncoder();
    private volatile Encoder<ILoggingEvent> current = text;

    /** Used by Logback's configuration. */
    public LineEncoder() {}

    /**
     * Sets how lines for people look.
     *
     * @param pattern a pattern of Logback
     */
    public void setPattern(String pattern) {
        text.setPattern(pattern);
    }

    /**
     * Chooses the form.
     *
     * @param format {@code json}, or anything else for text
     */
    public void setFormat(String format) {
        current = format.equalsIgnoreCase(JSON) ? json : text;
    }

    @Override
    public void setContext(Context context) {
        super.setContext(context);
        text.setContext(context);
        json.setContext(context);
    }

    @Override
    public void start() {
        json.setWithFormattedMessage(true);
        json.setWithMessage(false);
        json.setWithArguments(false);
        json.setWithContext(false);
        json.setWithSequenceNumber(false);
        json.setWithNanoseconds(false);
        text.start();
        json.start();
        super.start();
    }

    @Override
    public byte[] headerBytes() {
        return null;
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        return current.encode(event);
    }

    @Override
    public byte[] footerBytes() {
        return null;
    }
}
