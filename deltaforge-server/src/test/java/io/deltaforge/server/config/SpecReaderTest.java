package io.deltaforge.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.deltaforge.core.filter.FilterProcessorFactory;
import io.deltaforge.server.config.finding.Finding;
import io.deltaforge.server.config.text.References;
import io.deltaforge.server.fakes.CountedLog;
import io.deltaforge.server.fakes.LedgerFile;
import io.deltaforge.server.json.JsonText;
import io.deltaforge.server.plugin.Plugins;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SpecReaderTest {

    private static final Plugins PLUGINS = new Plugins(
            Map.of("counted", new CountedLog()),
            Map.of("filter", new FilterProcessorFactory()),
            Map.of("ledger", new LedgerFile()),
            Map.of());

    private static final Map<String, String> ENVIRONMENT =
            Map.of("SHOP_DSN", "postgres://u:canary@h/db", "OTHER", "canary-other");
    private static final String SHOP = """
            pipelines.shop { source { type = counted, dsn = ${SHOP_DSN} }
             processors = [ { type = filter, ops = [ create ] } ]
             sinks = [ { id = a, type = ledger, file = x }, { id = b, type = ledger, file = ${?SHOP_FILE} } ] }""";

    private final SpecReader reader = new SpecReader(
            PLUGINS, ENVIRONMENT::get, new References(List.of("SHOP_*", "file:/run/secrets/*", "EXACT")));

    private static Map<?, ?> json(String text) throws IOException {
        return (Map<?, ?>) JsonText.read(text.replace('\'', '"'));
    }

    private List<String> codes(String text) {
        return catchThrowableOfType(InvalidConfig.class, () -> reader.read("body.conf", text)).findings().stream()
                .map(Finding::code)
                .toList();
    }

    @Test
    void shouldKeepWhatIsWrittenAndFillInWhatIsMeant() {
        PipelineSpec spec = reader.read(
                "body.conf",
                SHOP.replace("${?SHOP_FILE}", "y, client_conf { a = \"$${x}\" }, topic = \"t.${source.table}\""));
        assertThat(spec.pipeline()
                        .source()
                        .settings()
                        .secret("dsn")
                        .orElseThrow()
                        .reveal())
                .isEqualTo(ENVIRONMENT.get("SHOP_DSN"));
        assertThat(PipelineSpec.text(spec.document()))
                .contains("${SHOP_DSN}", "$${x}", "t.${source.table}")
                .doesNotContain("canary");
        PipelineSpec again = reader.read("shop.json", "shop", spec.document());
        assertThat(again.document()).isEqualTo(spec.document());
        assertThat(again.pipeline().sinks()).extracting("id").containsExactly("a", "b");
        assertThat(again.pipeline().sinks().get(1).settings().stringMap("client_conf"))
                .isEqualTo(Map.of("a", "${x}"));
        assertThat(spec.warnings()).isEmpty();
    }

    @Test
    void shouldKeepAnOptionalVariableOptional() {
        InvalidConfig without = catchThrowableOfType(InvalidConfig.class, () -> reader.read("body.conf", SHOP));
        assertThat(without.findings()).extracting(Finding::code).containsExactly("MISSING_SETTING");
        PipelineSpec with = new SpecReader(
                        PLUGINS, Map.of("SHOP_DSN", "x", "SHOP_FILE", "y")::get, new References(List.of("SHOP_*")))
                .read("body.conf", SHOP);
        assertThat(PipelineSpec.text(with.document())).contains("${?SHOP_FILE}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "${OTHER}",
                "${?OTHER}",
                "${OTHER:-x}",
                "\"a-${OTHER}\"",
                "\"${file:/etc/passwd}\"",
                "\"${file:/run/secrets/../../etc/passwd}\"",
                "\"${file:secrets}\"",
                "${EXACTLY}"
            })
    void shouldFillInOnlyWhatIsAllowed(String reference) {
        String text = SHOP.replace("${?SHOP_FILE}", reference);
        InvalidConfig refused = catchThrowableOfType(InvalidConfig.class, () -> reader.read("body.conf", text));
        assertThat(refused.findings()).extracting(Finding::code).contains("REFERENCE_NOT_ALLOWED");
        assertThat(refused).hasMessageNotContaining("canary").hasMessageNotContaining("root:");
    }

    @Test
    void shouldReadOnePipelineAndNothingElse() {
        String shop = SHOP.replace("${?SHOP_FILE}", "y");
        assertThat(codes("pipelines {}")).containsExactly("NOT_ONE_PIPELINE");
        assertThat(codes(shop + "\n" + shop.replace("shop", "other"))).containsExactly("NOT_ONE_PIPELINE");
        assertThat(codes(shop + "\ndeltaforge.data_dir = x")).containsExactly("UNKNOWN_SETTING");
        assertThat(codes("{")).containsExactly("SYNTAX");
        assertThat(codes("include \"/etc/passwd\"")).contains("SYNTAX");
        assertThat(reader.read("body.yaml", """
                                metadata: {name: shop}
                                spec:
                                  source: {type: counted, config: {dsn: x}}
                                  sinks:
                                  - {type: ledger, config: {id: a, file: x}}
                                """).document().get("sinks"))
                .isEqualTo(Map.of("a", Map.of("type", "ledger", "file", "x")));
    }

    @Test
    void shouldWarnOfSecretsThatAreWrittenAsTheyAre() {
        PipelineSpec spec =
                reader.read("body.conf", SHOP.replace("${?SHOP_FILE}", "y").replace("${SHOP_DSN}", "canary"));
        assertThat(spec.warnings()).extracting(Finding::code).containsExactly("LITERAL_SECRET");
        assertThat(spec.warnings()).extracting(Finding::path).containsExactly("pipelines.shop.source.dsn");
        assertThat(spec.warnings().toString() + spec).doesNotContain("canary");
    }

    /** The examples of RFC 7396, appendix A, as far as they are about objects. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'a':'b'} | {'a':'c'} | {'a':'c'}",
                "{'a':'b'} | {'b':'c'} | {'a':'b','b':'c'}",
                "{'a':'b'} | {'a':null} | {}",
                "{'a':'b','b':'c'} | {'a':null} | {'b':'c'}",
                "{'a':['b']} | {'a':'c'} | {'a':'c'}",
                "{'a':'c'} | {'a':['b']} | {'a':['b']}",
                "{'a':{'b':'c'}} | {'a':{'b':'d','c':null}} | {'a':{'b':'d'}}",
                "{'a':[{'b':'c'}]} | {'a':[1]} | {'a':[1]}",
                "{'e':null} | {'a':1} | {'e':null,'a':1}",
                "{'a':'foo'} | {'b':[1,2]} | {'a':'foo','b':[1,2]}",
                "{} | {'a':{'bb':{'ccc':null}}} | {'a':{'bb':{}}}"
            })
    @SuppressWarnings("unchecked") // The members of a JSON object.
    void shouldMergeAsTheStandardSays(String document, String patch, String merged) throws IOException {
        Map<String, Object> before = (Map<String, Object>) json(document);
        assertThat(SpecReader.merged(before, json(patch))).isEqualTo(json(merged));
        assertThat(before).isEqualTo(json(document));
    }

    @Test
    void shouldRefuseADocumentOfAnotherShape() {
        assertThatThrownBy(() -> reader.read("shop.json", "shop", Map.of("source", List.of())))
                .isInstanceOf(InvalidConfig.class);
    }
}
