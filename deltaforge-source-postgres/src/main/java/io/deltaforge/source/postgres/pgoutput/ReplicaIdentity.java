package io.deltaforge.source.postgres.pgoutput;

/** What the database logs of old rows ({@code pg_class.relreplident}). */
enum ReplicaIdentity {
    /** The primary key, if there is one. */
    DEFAULT,
    /** Nothing. */
    NOTHING,
    /** The whole row. */
    FULL,
    /** The columns of one unique index. */
    INDEX;

    /** Reads the code of the catalog; null for none of them. */
    static ReplicaIdentity of(byte code) {
        return switch (code) {
            case 'd' -> DEFAULT;
            case 'n' -> NOTHING;
            case 'f' -> FULL;
            case 'i' -> INDEX;
            default -> null;
        };
    }
}
