package io.deltaforge.testkit.fake;

import io.deltaforge.api.checkpoint.CheckpointStoreFactory;
import io.deltaforge.testkit.checkpoint.CheckpointStoreConformanceTest;

class MemoryCheckpointStoreTest extends CheckpointStoreConformanceTest {

    @Override
    protected CheckpointStoreFactory factory() {
        return new MemoryCheckpointStore();
    }

    @Override
    protected boolean keepsFiles() {
        return false;
    }
}
