package io.deltaforge.testkit.gtid;

import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.source.SourceFactory;
import io.deltaforge.testkit.source.RowChange;
import io.deltaforge.testkit.source.SourceCapability;
import io.deltaforge.testkit.source.SourceConformanceTest;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

public class PartialOrderSourceTest extends SourceConformanceTest {

    private final PartialOrderDatabase database = PartialOrderSource.database("conformance");

    @Override
    protected void reset() {
        database.clear();
    }

    @Override
    protected SourceFactory factory() {
        return new PartialOrderSource();
    }

    @Override
    protected Map<String, Object> settings() {
        return Map.of("database", "conformance", "password", "correct-horse");
    }

    @Override
    protected void commit(List<RowChange> changes) {
        database.commit(changes);
    }

    @Override
    protected void commitUncaptured() {
        database.commit(List.of());
    }

    @Override
    protected void loseLog() {
        database.loseLog();
    }

    @Override
    protected Set<SourceCapability> capabilities() {
        return EnumSet.allOf(SourceCapability.class);
    }

    @Override
    protected void cutConnections() {
        database.cutConnections();
    }

    @Override
    protected List<SourcePosition> incomparablePositions() {
        database.addServer("b");
        database.stopReplication();
        database.commitApart("b", List.of(RowChange.create(TABLES.get(0), 77, "only on b")));
        database.commit(List.of(RowChange.create(TABLES.get(0), 78, "only on a")));
        return List.of(database.endOf("a"), database.endOf("b"));
    }
}
