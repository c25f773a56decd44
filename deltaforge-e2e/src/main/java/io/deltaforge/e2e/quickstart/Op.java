package io.deltaforge.e2e.quickstart;

/** What happened to a row, with its code in the native envelope. */
enum Op {
    CREATE("c"),
    UPDATE("u"),
    DELETE("d");

    private final String code;

    Op(String code) {
        this.code = code;
    }

    String code() {
        return code;
    }

    /**
     * Returns the operation of a code.
     *
     * @throws EventFormatException if the shop never does that
     */
    static Op of(String code) {
        for (Op op : values()) {
            if (op.code.equals(code)) {
                return op;
            }
        }
        throw new EventFormatException("op is '" + code + "', expected c, u or d");
    }
}
