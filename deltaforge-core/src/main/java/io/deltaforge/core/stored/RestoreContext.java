package io.deltaforge.core.stored;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.event.TableSchema;
import io.deltaforge.api.source.PositionOrder;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one reader of many runs keeps: equal tables are one instance, as they are where they come from, because encoders know
 * them by identity. Not thread-safe.
 */
public final class RestoreContext {

    private static final int MOST_TABLES = 10_000;

    private final PositionOrder order;
    private final Map<ByteBuffer, TableSchema> tables = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuffer, TableSchema> eldest) {
            return size() > MOST_TABLES;
        }
    };

    /**
     * Makes a context.
     *
     * @param order reads positions
     */
    public RestoreContext(PositionOrder order) {
        this.order = requireNonNull(order, "order is null");
    }

    PositionOrder order() {
        return order;
    }

    TableSchema table(ByteReader in) {
        int from = in.position();
        TableSchema read = TableFormat.read(in);
        byte[] bytes = new byte[in.position() - from];
        System.arraycopy(in.array(), from, bytes, 0, bytes.length);
        return tables.computeIfAbsent(ByteBuffer.wrap(bytes), unseen -> read);
    }
}
