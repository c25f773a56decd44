package io.deltaforge.testkit.sample;

import io.deltaforge.api.source.SourceFactory;
import io.deltaforge.testkit.source.RowChange;
import io.deltaforge.testkit.source.SourceCapability;
import io.deltaforge.testkit.source.SourceConformanceTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;

class JournalSourceTest extends SourceConformanceTest {

    @TempDir
    private Path directory;

    private long transactions;

    @Override
    protected void reset() throws IOException {
        Files.writeString(directory.resolve("journal.id"), "conformance");
    }

    @Override
    protected SourceFactory factory() {
        return new JournalSourceFactory();
    }

    @Override
    protected Map<String, Object> settings() {
        return Map.of("directory", directory.toString(), "tables", TABLES);
    }

    @Override
    protected void commit(List<RowChange> changes) throws IOException {
        List<String> lines = new ArrayList<>(List.of(Long.toString(++transactions)));
        for (RowChange change : changes) {
            String operation = change.operation().name().toLowerCase(Locale.ROOT);
            lines.add(operation + "\t" + change.table() + "\t" + change.id() + "\t" + change.note());
        }
        Path written = Files.write(directory.resolve("next"), lines);
        Files.move(written, directory.resolve(transactions + ".tx"), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    protected void commitUncaptured() throws IOException {
        commit(List.of(RowChange.create("elsewhere", 1, "not asked for")));
    }

    @Override
    protected void loseLog() throws IOException {
        Files.delete(directory.resolve("conformance.reader"));
    }

    @Override
    protected Set<SourceCapability> capabilities() {
        return Set.of(SourceCapability.OWNERSHIP);
    }
}
