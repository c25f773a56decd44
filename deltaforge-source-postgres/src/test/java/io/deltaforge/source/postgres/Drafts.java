package io.deltaforge.source.postgres;

import io.deltaforge.testkit.context.SettingsDraft;

/** Settings of the source to begin from. */
final class Drafts {

    private Drafts() {}

    /** Takes names and values by turns. */
    static SettingsDraft of(Object... pairs) {
        SettingsDraft draft = new SettingsDraft(PostgresSettings.SPEC, "source.");
        for (int i = 0; i < pairs.length; i += 2) {
            draft.set((String) pairs[i], pairs[i + 1]);
        }
        return draft;
    }
}
