package io.deltaforge.core.simulation;

import io.deltaforge.core.support.MemoryStore;
import java.util.Map;

/** A store that shows a judge the positions that are about to be saved, and those that are. */
final class JudgingStore extends MemoryStore {

    /** Sees positions. */
    interface Judge {

        /** They are about to be saved. */
        void saving(Map<String, byte[]> entries);

        /** They are saved. */
        void saved(Map<String, byte[]> entries);
    }

    private Judge judge;

    void judgedBy(Judge newJudge) {
        judge = newJudge;
    }

    @Override
    public void save(String pipeline, Map<String, byte[]> saved) {
        if (pipeline.contains("~")) {
            super.save(pipeline, saved);
            return;
        }
        judge.saving(saved);
        super.save(pipeline, saved);
        judge.saved(saved);
    }
}
