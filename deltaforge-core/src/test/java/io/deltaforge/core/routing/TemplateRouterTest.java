package io.deltaforge.core.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaforge.api.encode.EventRouter;
import io.deltaforge.api.error.ConfigException;
import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.core.support.Log;
import org.junit.jupiter.api.Test;

class TemplateRouterTest {

    private final ChangeEvent event = Log.insert(new Log.Tx(1), 0, "gold");

    private String route(String template) {
        return TemplateRouter.compile(template, "shop").route(event);
    }

    @Test
    void shouldFillFieldsIn() {
        assertThat(route("all")).isEqualTo("all");
        assertThat(route("${source.name}.${source.db}.${source.schema}.${source.table}"))
                .isEqualTo("shop.shop.public.orders");
        assertThat(route("x-${op}-${after.note}-${after.id}")).isEqualTo("x-c-gold-1000");
    }

    @Test
    void shouldNotMakeTheTextAnewForEachEventOfATable() {
        EventRouter router = TemplateRouter.compile("t.${source.table}", "shop");
        assertThat(router.route(event)).isSameAs(router.route(Log.insert(new Log.Tx(2), 5)));
        assertThat(router.isStatic()).isFalse();
        assertThat(TemplateRouter.compile("t", "shop").isStatic()).isTrue();
    }

    @Test
    void shouldRefuseEventsThatLackAField() {
        assertThatThrownBy(() -> route("${before.note}")).isInstanceOfSatisfying(DeliveryException.class, failure -> {
            assertThat(failure.kind()).isEqualTo(ErrorKind.RECORD);
            assertThat(failure).hasMessageContaining("before.note").hasMessageContaining("tx1");
        });
    }

    @Test
    void shouldSuggestTheFieldThatWasMeant() {
        assertThatThrownBy(() -> route("${source.tabel}"))
                .isInstanceOfSatisfying(ConfigException.class, failure -> assertThat(failure.problems())
                        .singleElement()
                        .satisfies(problem -> {
                            assertThat(problem.code()).isEqualTo("UNKNOWN_FIELD");
                            assertThat(problem.suggestion()).contains("${source.table}");
                        }));
    }

    @Test
    void shouldNameTheFieldsThereAreWhenOneIsUnknown() {
        assertThatThrownBy(() -> route("${source.tabel}"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("source.tabel")
                .hasMessageContaining("source.table");
        assertThatThrownBy(() -> route("${source.table")).hasMessageContaining("closing brace");
    }
}
