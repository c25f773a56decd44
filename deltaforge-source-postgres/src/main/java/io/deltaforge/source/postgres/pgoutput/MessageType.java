package io.deltaforge.source.postgres.pgoutput;

/** The first byte of every message (PostgreSQL documentation, section 54.9, Logical Replication Message Formats). */
final class MessageType {

    static final byte BEGIN = 'B';
    static final byte COMMIT = 'C';
    static final byte RELATION = 'R';
    static final byte INSERT = 'I';
    static final byte UPDATE = 'U';
    static final byte DELETE = 'D';
    static final byte TRUNCATE = 'T';
    static final byte TYPE = 'Y';
    static final byte ORIGIN = 'O';
    static final byte MESSAGE = 'M';

    private MessageType() {}

    /** Names a type for people, those of the protocol's later versions included. */
    static String describe(byte type) {
        String name =
                switch (type) {
                    case BEGIN -> "Begin";
                    case COMMIT -> "Commit";
                    case RELATION -> "Relation";
                    case INSERT -> "Insert";
                    case UPDATE -> "Update";
                    case DELETE -> "Delete";
                    case TRUNCATE -> "Truncate";
                    case TYPE -> "Type";
                    case ORIGIN -> "Origin";
                    case MESSAGE -> "Message";
                    case 'S' -> "Stream Start";
                    case 'E' -> "Stream Stop";
                    case 'c' -> "Stream Commit";
                    case 'A' -> "Stream Abort";
                    case 'b' -> "Begin Prepare";
                    case 'P' -> "Prepare";
                    case 'K' -> "Commit Prepared";
                    case 'r' -> "Rollback Prepared";
                    case 'p' -> "Stream Prepare";
                    default -> "";
                };
        String code = type > ' ' && type < 0x7F ? "'" + (char) type + "'" : "0x" + Integer.toHexString(type & 0xFF);
        return name.isEmpty() ? code : name + " (" + code + ")";
    }
}
