package io.deltaforge.testkit.gtid;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The rows of one server at one moment, cut into chunks of a few rows by key. Immutable. */
final class Snapshot {

    /** One chunk: rows of one table in key order. */
    record Chunk(int table, String tableName, int number, List<Long> keys, List<String> notes) {}

    private static final int ROWS_PER_CHUNK = 3;

    private final String id;
    private final String server;
    private final GtidSet executed;
    private final List<Chunk> chunks = new ArrayList<>();

    Snapshot(String id, Server server) {
        this.id = id;
        this.server = server.name();
        this.executed = server.executed();
        int table = 0;
        for (Map.Entry<String, Map<Long, String>> entry : server.copyOfTables().entrySet()) {
            cut(table++, entry.getKey(), entry.getValue());
        }
    }

    private void cut(int table, String name, Map<Long, String> rows) {
        List<Long> keys = new ArrayList<>(rows.keySet());
        for (int first = 0; first < keys.size(); first += ROWS_PER_CHUNK) {
            List<Long> part = keys.subList(first, Math.min(first + ROWS_PER_CHUNK, keys.size()));
            chunks.add(new Chunk(
                    table,
                    name,
                    first / ROWS_PER_CHUNK,
                    List.copyOf(part),
                    part.stream().map(rows::get).toList()));
        }
    }

    String id() {
        return id;
    }

    String server() {
        return server;
    }

    GtidSet executed() {
        return executed;
    }

    List<Chunk> chunks() {
        return chunks;
    }

    GtidPosition start() {
        return new GtidPosition.InSnapshot(id, executed, 0, 0, GtidPosition.InSnapshot.CHUNK_START);
    }
}
