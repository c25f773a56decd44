package io.deltaforge.e2e.quickstart;

/** A record in Kafka is not an event of the shop in the native envelope; the message says what was expected where. */
final class EventFormatException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    EventFormatException(String message) {
        super(message);
    }

    EventFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
