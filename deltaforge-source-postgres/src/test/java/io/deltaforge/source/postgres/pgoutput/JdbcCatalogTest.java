package io.deltaforge.source.postgres.pgoutput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import io.deltaforge.source.postgres.type.PgType;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

final class JdbcCatalogTest {

    private static final Callable<Connection> UNREACHABLE = () -> {
        throw new SQLException("connection refused", "08001");
    };

    private final MemoryState state = new MemoryState();
    private final JdbcCatalog catalog = new JdbcCatalog(UNREACHABLE, state);

    @Test
    void shouldSayThatTheCatalogIsUnreachableAndWorthAnotherTry() {
        assertThatThrownBy(() -> catalog.type(23))
                .isInstanceOfSatisfying(SourceException.class, e -> {
                    assertThat(e.kind()).isEqualTo(ErrorKind.RETRIABLE);
                    assertThat(e.reason()).isEqualTo("CATALOG_UNREACHABLE");
                })
                .hasMessageContaining("08001");
    }

    @Test
    void shouldNotTrustEntriesThatAreDamaged() {
        CatalogEntries entries = new CatalogEntries(state);
        entries.putType(23, new CatalogQueries.TypeEntry("int4", "integer", PgType.Kind.BASE, ',', 0));
        entries.putKey(7, new CatalogEntries.KeyEntry(5, List.of("a", "b")));
        assertThat(catalog.type(23).displayName()).isEqualTo("integer");
        assertThat(catalog.primaryKey(7, 5)).containsExactly("a", "b");

        state.values.forEach((name, value) -> {
            for (int length = 0; length < value.length; length++) {
                state.put(name, Arrays.copyOf(value, length));
                JdbcCatalog restarted = new JdbcCatalog(UNREACHABLE, state);
                assertThatThrownBy(() -> {
                            restarted.primaryKey(7, 5);
                            restarted.type(23);
                        })
                        .isInstanceOf(SourceException.class);
            }
            state.put(name, value);
        });
    }

    @Test
    void shouldNotUseAKeyThatWasKeptForAnotherShape() {
        new CatalogEntries(state).putKey(7, new CatalogEntries.KeyEntry(5, List.of("a")));
        assertThat(catalog.primaryKey(7, 5)).containsExactly("a");
        assertThatThrownBy(() -> catalog.primaryKey(7, 6)).isInstanceOf(SourceException.class);
    }
}
