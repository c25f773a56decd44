package io.deltaforge.checkpoint.rocksdb;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;

/** Saves growing numbers, each under three keys at once, and prints a number once it is acknowledged; until killed. */
final class SavingProcess {

    private SavingProcess() {}

    public static void main(String[] args) {
        PrintStream acknowledged = System.out;
        RocksDbCheckpointStore store = Stores.at(Path.of(args[0]));
        store.open();
        for (long number = Long.parseLong(args[1]) + 1; ; number++) {
            byte[] value = Stores.bytes(String.valueOf(number));
            store.save(Stores.PIPELINE, Map.of("a", value, "b", value, "c", value));
            acknowledged.print(number + "\n");
            acknowledged.flush();
        }
    }
}
