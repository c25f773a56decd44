package io.deltaforge.source.postgres.setup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TablePatternsTest {

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "public.orders, public, orders, true",
                "public.orders, public, orders2, false",
                "public.orders, shop, orders, false",
                "public.orders, public, Orders, false",
                "orders, anything, orders, true",
                "public.%, public, x, true",
                "public.*, public, x, true",
                "public.*, public2, x, false",
                "shop.*_outbox, shop, mail_outbox, true",
                "shop.*_outbox, shop, _outbox, true",
                "shop.*_outbox, shop, mail_outbox2, false",
                "shop.a%b*c, shop, a-b-c, true",
                "shop.a%b*c, shop, acb, false",
                "%.audit_%, s1, audit_1, true",
                "tenant_*.*, tenant_7, t, true",
                "tenant_*.*, tenan_7, t, false",
                "public.a_b, public, axb, false",
                "public.a.b, public, a, false",
                "`\"we.ird\".\"ta%le\"`, we.ird, ta%le, true",
                "`\"we.ird\".\"ta%le\"`, we.ird, taxle, false",
                "`public.\"a\"\"b\"%`, public, `a\"bc`, true",
            })
    void shouldMatchAsWritten(String pattern, String schema, String table, boolean expected) {
        TablePatterns patterns = TablePatterns.parse(List.of(pattern), problem -> {});
        boolean matches = !patterns.isEmpty() && patterns.matches(schema, table);
        assertThat(matches).isEqualTo(expected);
    }

    @Test
    void shouldMatchEverythingWithoutPatterns() {
        assertThat(TablePatterns.parse(List.of(), problem -> {}).matches("any", "table"))
                .isTrue();
    }

    @Test
    void shouldKnowWhichTablesAreNamedInFull() {
        TablePatterns patterns = TablePatterns.parse(List.of("public.a", "public.b%", "c"), problem -> {});
        assertThat(patterns.names("public", "a")).isTrue();
        assertThat(patterns.names("public", "b1")).isFalse();
        assertThat(patterns.names("public", "c")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "a.", ".b", "a.b.c", "\"open", "a.\"\""})
    void shouldRefuseWhatIsNoName(String pattern) {
        List<String> problems = new ArrayList<>();
        TablePatterns.parse(List.of(pattern), problems::add);
        assertThat(problems).hasSize(1).first().asString().startsWith("\"" + pattern + "\": ");
    }
}
