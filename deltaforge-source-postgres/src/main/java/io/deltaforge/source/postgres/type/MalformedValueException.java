package io.deltaforge.source.postgres.type;

/**
 * Bytes that are not a value of their type. The message says what was expected without showing the value; whoever knows the
 * column adds the place.
 */
public final class MalformedValueException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    MalformedValueException(String message) {
        super(message);
    }

    static MalformedValueException length(String type, String expected, int length) {
        return new MalformedValueException(type + " expects " + expected + " bytes, got " + length);
    }
}
