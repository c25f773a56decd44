package io.deltaforge.source.postgres.type;

import io.deltaforge.api.event.Column;
import io.deltaforge.api.event.ValueVisitor;

/**
 * The text form of arrays (PostgreSQL documentation, section 8.15.6, Array Input and Output Syntax; source, {@code arrayfuncs.c}:
 * {@code array_out}): braces, elements between delimiters, quotes with backslashes where they are needed, and lower bounds in
 * front when they are not 1, which are not handed on.
 */
final class TextArray implements ValueDecoder {

    /** PostgreSQL allows 6 dimensions; deeper nesting in the text is damage. */
    private static final int MAX_DIMENSIONS = 6;

    private final char delimiter;
    private final ValueDecoder element;

    TextArray(char delimiter, ValueDecoder element) {
        this.delimiter = delimiter;
        this.element = element;
    }

    @Override
    public void decode(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor) {
        int end = offset + length;
        int at = offset;
        if (length > 0 && bytes[at] == '[') {
            while (at < end && bytes[at] != '=') {
                at++;
            }
            at++;
        }
        at = new Elements(column, bytes, end, visitor).array(at, 1);
        if (at != end) {
            throw new MalformedValueException(
                    "array expects nothing after its last brace, got " + (end - at) + " bytes");
        }
    }

    /** The elements of one value, read from front to back. */
    private final class Elements {
        private final Column column;
        private final Column elementColumn;
        private final byte[] bytes;
        private final int end;
        private final ValueVisitor visitor;

        Elements(Column column, byte[] bytes, int end, ValueVisitor visitor) {
            this.column = column;
            this.elementColumn = column.element().orElse(column);
            this.bytes = bytes;
            this.end = end;
            this.visitor = visitor;
        }

        /** Reads from an opening brace to behind the closing one. */
        int array(int start, int depth) {
            expect(start, '{');
            if (depth > MAX_DIMENSIONS) {
                throw new MalformedValueException("array expects at most " + MAX_DIMENSIONS + " dimensions");
            }
            visitor.beginArray(column, count(start));
            int at = start + 1;
            if (peek(at) == '}') {
                visitor.endArray(column);
                return at + 1;
            }
            while (true) {
                at = switch (peek(at)) {
                    case '{' -> array(at, depth + 1);
                    case '"' -> quoted(at);
                    default -> bare(at);
                };
                if (peek(at) == '}') {
                    visitor.endArray(column);
                    return at + 1;
                }
                expect(at, delimiter);
                at++;
            }
        }

        /** Counts the elements between the brace at a place and its counterpart. */
        private int count(int start) {
            int depth = 0;
            int delimiters = 0;
            boolean quoted = false;
            for (int at = start; at < end; at++) {
                byte b = bytes[at];
                if (b == '\\') {
                    at++;
                } else if (b == '"') {
                    quoted = !quoted;
                } else if (!quoted && b == '{') {
                    depth++;
                } else if (!quoted && b == '}' && --depth == 0) {
                    return delimiters == 0 && at == start + 1 ? 0 : delimiters + 1;
                } else if (!quoted && depth == 1 && b == delimiter) {
                    delimiters++;
                }
            }
            throw new MalformedValueException("array expects a closing brace");
        }

        private int bare(int start) {
            int at = start;
            while (at < end && bytes[at] != delimiter && bytes[at] != '}') {
                at++;
            }
            if (isNull(start, at)) {
                visitor.nullValue(elementColumn);
            } else {
                element.decode(elementColumn, bytes, start, at - start, visitor);
            }
            return at;
        }

        private boolean isNull(int from, int to) {
            return to - from == 4
                    && bytes[from] == 'N'
                    && bytes[from + 1] == 'U'
                    && bytes[from + 2] == 'L'
                    && bytes[from + 3] == 'L';
        }

        private int quoted(int start) {
            int closing = start + 1;
            int escapes = 0;
            while (peek(closing) != '"') {
                if (bytes[closing] == '\\') {
                    escapes++;
                    closing++;
                }
                closing++;
            }
            int length = closing - start - 1;
            if (escapes == 0) {
                element.decode(elementColumn, bytes, start + 1, length, visitor);
            } else {
                byte[] plain = unescaped(start + 1, length - escapes);
                element.decode(elementColumn, plain, 0, plain.length, visitor);
            }
            return closing + 1;
        }

        private byte[] unescaped(int from, int length) {
            byte[] plain = new byte[length];
            int at = from;
            for (int i = 0; i < length; i++) {
                if (bytes[at] == '\\') {
                    at++;
                }
                plain[i] = bytes[at++];
            }
            return plain;
        }

        private byte peek(int at) {
            if (at >= end) {
                throw new MalformedValueException("array expects a closing brace");
            }
            return bytes[at];
        }

        private void expect(int at, char expected) {
            if (peek(at) != expected) {
                throw new MalformedValueException("array expects '" + expected + "' at its byte " + at);
            }
        }
    }
}
