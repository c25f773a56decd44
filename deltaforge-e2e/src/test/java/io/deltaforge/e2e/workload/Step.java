package io.deltaforge.e2e.workload;

import java.util.List;

/** Rows, each another key, that one statement changes in one way. */
record Step(Kind kind, List<ItemChange> changes) {

    /** The statement. {@code COPY} logs many rows in one record, all with the same log position. */
    enum Kind {
        COPY,
        INSERT,
        UPDATE,
        DELETE
    }
}
