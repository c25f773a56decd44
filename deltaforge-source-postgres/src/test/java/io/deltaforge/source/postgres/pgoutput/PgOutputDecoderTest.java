package io.deltaforge.source.postgres.pgoutput;

import static io.deltaforge.source.postgres.pgoutput.MessageBytes.bytes;
import static io.deltaforge.source.postgres.pgoutput.MessageBytes.of;
import static io.deltaforge.source.postgres.pgoutput.MessageBytes.relation;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import io.deltaforge.api.event.Column;
import io.deltaforge.api.event.RowValues;
import io.deltaforge.api.event.TableSchema;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PgOutputDecoderTest {

    private static final int OID = 16_400;

    private final FixedCatalog catalog = new FixedCatalog();
    private final MessageLog log = new MessageLog();
    private final PgOutputDecoder decoder =
            new PgOutputDecoder(catalog, "shop", (schema, table) -> !table.equals("ignored"));

    private void decode(ByteBuffer... messages) {
        for (ByteBuffer message : messages) {
            decoder.decode(message, log);
        }
    }

    private static ByteBuffer customers(char identity) {
        boolean full = identity == 'f';
        return relation(OID, "public", "customers", identity, 3)
                .column("id", true, FixedCatalog.INT4)
                .column("name", full, FixedCatalog.TEXT)
                .column("big", full, FixedCatalog.TEXT)
                .message();
    }

    private static MessageBytes int4(int value) {
        return bytes().int32(value);
    }

    @Test
    void shouldReportATransactionWithItsTimesSince1970() {
        decode(MessageBytes.begin(100), MessageBytes.commit(100));

        assertThat(log.lines)
                .containsExactly("begin 100 at 946684801000000 xid 77", "commit 100 end 108 at 946684801000000");
    }

    @Test
    void shouldReadBinaryAndTextValuesOfOneRow() {
        decode(
                MessageBytes.begin(1),
                customers('d'),
                of('I').int32(OID)
                        .int8('N')
                        .int16(3)
                        .binary(int4(7))
                        .text("Zoë")
                        .int8('n')
                        .message());

        assertThat(log.lines).last().isEqualTo("insert public.customers -> [7, Zoë, null]");
    }

    @Test
    void shouldDescribeTheTable() {
        decode(
                MessageBytes.begin(1),
                relation(OID, "", "Tàblé \"x\"", 'd', 2)
                        .column("id", true, FixedCatalog.INT8)
                        .column("tags", false, FixedCatalog.INT4_ARRAY)
                        .message(),
                of('I').int32(OID).int8('N').int16(2).text("1").text("{1,NULL}").message());

        TableSchema table = log.tables.get(0);
        assertThat(table.database()).isEqualTo("shop");
        assertThat(table.schema()).contains("pg_catalog");
        assertThat(table.table()).isEqualTo("Tàblé \"x\"");
        assertThat(table.columns()).extracting(Column::sourceType).containsExactly("int8", "integer[]");
        assertThat(table.key()).containsExactly(table.columns().get(0));
        assertThat(log.rows.get(0).value(1)).isEqualTo(Arrays.asList(1L, null));
    }

    @Test
    void shouldReadATableWithoutColumns() {
        decode(
                MessageBytes.begin(1),
                relation(OID, "public", "empty", 'd', 0).message(),
                of('I').int32(OID).int8('N').int16(0).message());

        assertThat(log.lines).last().isEqualTo("insert public.empty -> []");
    }

    @Test
    void shouldFillUnchangedValuesFromTheOldRow() {
        decode(
                MessageBytes.begin(1),
                customers('f'),
                of('U').int32(OID)
                        .int8('O')
                        .int16(3)
                        .text("7")
                        .text("Zoe")
                        .text("long")
                        .int8('N')
                        .int16(3)
                        .text("7")
                        .text("Zoë")
                        .int8('u')
                        .message());

        assertThat(log.lines).last().isEqualTo("update public.customers [7, Zoe, long] -> [7, Zoë, long]");
    }

    @Test
    void shouldSayThatAValueIsUnchangedWhenNoOldRowHasIt() {
        decode(
                MessageBytes.begin(1),
                customers('d'),
                of('U').int32(OID)
                        .int8('N')
                        .int16(3)
                        .text("7")
                        .text("Zoë")
                        .int8('u')
                        .message());

        assertThat(log.rows.get(0).value(2)).isSameAs(RowValues.UNCHANGED);
        assertThat(log.rows.get(0).contains(2)).isTrue();
    }

    @Test
    void shouldNotFillAnUnchangedValueFromAnOldKey() {
        decode(
                MessageBytes.begin(1),
                customers('d'),
                of('U').int32(OID)
                        .int8('K')
                        .int16(3)
                        .text("7")
                        .int8('n')
                        .int8('n')
                        .int8('N')
                        .int16(3)
                        .text("8")
                        .text("Zoë")
                        .int8('u')
                        .message());

        assertThat(log.lines)
                .last()
                .isEqualTo("update public.customers key [7, absent, absent] -> [8, Zoë, unchanged]");
    }

    @Test
    void shouldNotTakeAnUpdateOfOtherColumnsForAChangeOfTheKey() {
        catalog.primaryKey(OID, "id");
        decode(
                MessageBytes.begin(1),
                customers('f'),
                of('U').int32(OID)
                        .int8('O')
                        .int16(3)
                        .binary(int4(7))
                        .text("a")
                        .int8('n')
                        .int8('N')
                        .int16(3)
                        .binary(int4(7))
                        .text("b")
                        .int8('n')
                        .message(),
                of('U').int32(OID)
                        .int8('O')
                        .int16(3)
                        .binary(int4(7))
                        .text("a")
                        .int8('n')
                        .int8('N')
                        .int16(3)
                        .binary(int4(8))
                        .text("a")
                        .int8('n')
                        .message());

        assertThat(log.lines.subList(1, 3))
                .containsExactly(
                        "update public.customers [7, a, null] -> [7, b, null]",
                        "update public.customers key [7, a, null] -> [8, a, null]");
    }

    @Test
    void shouldReportADeletedRowByItsKeyAlone() {
        decode(
                MessageBytes.begin(1),
                customers('d'),
                of('D').int32(OID)
                        .int8('K')
                        .int16(3)
                        .text("7")
                        .int8('n')
                        .int8('n')
                        .message());

        assertThat(log.lines).last().isEqualTo("delete public.customers [7, absent, absent]");
        assertThat(log.rows.get(0).contains(0)).isTrue();
        assertThat(log.rows.get(0).contains(1)).isFalse();
    }

    @Test
    void shouldKeepTheSchemaWhenARelationComesAgainAndReplaceItWhenItChanged() {
        ByteBuffer row = of('I').int32(OID)
                .int8('N')
                .int16(3)
                .text("1")
                .text("a")
                .int8('n')
                .message();
        ByteBuffer wider = relation(OID, "public", "customers", 'd', 4)
                .column("id", true, FixedCatalog.INT4)
                .column("name", false, FixedCatalog.TEXT)
                .column("big", false, FixedCatalog.TEXT)
                .column("more", false, FixedCatalog.BOOL)
                .message();
        decode(MessageBytes.begin(1), customers('d'), row.duplicate(), customers('d'), row.duplicate(), wider);
        decode(of('I').int32(OID)
                .int8('N')
                .int16(4)
                .text("1")
                .text("a")
                .int8('n')
                .text("t")
                .message());

        assertThat(log.tables.get(1)).isSameAs(log.tables.get(0));
        assertThat(log.tables.get(2)).isNotSameAs(log.tables.get(0));
        assertThat(log.rows.get(2).value(3)).isEqualTo(true);
        assertThat(log.rows.get(0).schema().columns()).hasSize(3);
    }

    @Test
    void shouldLookForANewPrimaryKeyWhenATableWithAFullIdentityComesAgain() {
        catalog.primaryKey(OID, "id");
        ByteBuffer row = of('I').int32(OID)
                .int8('N')
                .int16(3)
                .text("1")
                .text("a")
                .int8('n')
                .message();
        decode(MessageBytes.begin(1), customers('f'), row.duplicate());
        catalog.primaryKey(OID, "name", "id");
        decode(customers('f'), row.duplicate(), customers('f'), row.duplicate());

        assertThat(catalog.calls).contains("table " + OID + " changed");
        assertThat(log.tables.get(0).key()).extracting(Column::name).containsExactly("id");
        assertThat(log.tables.get(1).key()).extracting(Column::name).containsExactly("name", "id");
        assertThat(log.tables.get(2)).isSameAs(log.tables.get(1));
    }

    private List<String> keyOf(char identity, boolean firstInIdentity, boolean secondInIdentity) {
        decode(
                MessageBytes.begin(1),
                relation(OID, "public", "t", identity, 2)
                        .column("a", firstInIdentity, FixedCatalog.INT4)
                        .column("b", secondInIdentity, FixedCatalog.INT4)
                        .message(),
                of('I').int32(OID).int8('N').int16(2).text("1").text("2").message());
        return log.tables.get(0).key().stream().map(Column::name).toList();
    }

    @Test
    void shouldOrderAPrimaryKeyAsTheCatalogDoes() {
        catalog.primaryKey(OID, "b", "a");
        assertThat(keyOf('d', true, true)).containsExactly("b", "a");
    }

    @Test
    void shouldBelieveTheLogWhenThePrimaryKeyHasChangedSince() {
        catalog.primaryKey(OID, "new");
        assertThat(keyOf('d', true, true)).containsExactly("a", "b");
    }

    @Test
    void shouldTakeThePrimaryKeyOfATableWithAFullIdentity() {
        catalog.primaryKey(OID, "b");
        assertThat(keyOf('f', true, true)).containsExactly("b");
    }

    @Test
    void shouldHaveNoKeyWithAFullIdentityAndNoPrimaryKey() {
        assertThat(keyOf('f', true, true)).isEmpty();
    }

    @Test
    void shouldTakeTheIdentityIndexWhenOldRowsDoNotHoldThePrimaryKey() {
        catalog.primaryKey(OID, "a");
        assertThat(keyOf('i', false, true)).containsExactly("b");
    }

    @Test
    void shouldTakeThePrimaryKeyOfATableWhoseOldRowsAreNotLogged() {
        catalog.primaryKey(OID, "a");
        assertThat(keyOf('n', false, false)).containsExactly("a");
    }

    @Test
    void shouldReportATruncateOfSeveralTablesWithoutTheIgnoredOnes() {
        decode(
                MessageBytes.begin(1),
                customers('d'),
                relation(5, "public", "ignored", 'd', 0).message(),
                of('T').int32(2).int8(3).int32(5).int32(OID).message(),
                of('T').int32(1).int8(0).int32(5).message());

        assertThat(log.lines).last().isEqualTo("truncate [public.customers] cascade restart");
    }

    @Test
    void shouldReportNothingOfATableThatIsNotCaptured() {
        decode(
                MessageBytes.begin(1),
                relation(5, "public", "ignored", 'd', 1)
                        .column("p", false, FixedCatalog.POINT)
                        .message(),
                of('I').int32(5)
                        .int8('N')
                        .int16(1)
                        .binary(bytes().int64(1).int64(2))
                        .message());

        assertThat(log.lines).hasSize(1);
    }

    @Test
    void shouldSkipOriginsAndLogicalMessagesAndPassTheNamesOfTypesOn() {
        decode(
                MessageBytes.begin(1),
                of('O').int64(9).string("elsewhere").message(),
                of('M').int8(1)
                        .int64(9)
                        .string("prefix")
                        .int32(3)
                        .int8(1)
                        .int8(2)
                        .int8(3)
                        .message(),
                of('Y').int32(17_000).string("public").string("mood").message());

        assertThat(log.lines).hasSize(1);
        assertThat(catalog.calls).containsExactly("type 17000 named mood");
    }

    @Test
    void shouldAskForTextModeWhenABinaryFormIsNotKnown() {
        decode(
                MessageBytes.begin(1),
                relation(OID, "public", "places", 'd', 1)
                        .column("at", false, FixedCatalog.POINT)
                        .message(),
                of('I').int32(OID).int8('N').int16(1).int8('n').message(),
                of('I').int32(OID).int8('N').int16(1).text("(1,2)").message());

        assertThatThrownBy(() -> decode(of('I').int32(OID)
                        .int8('N')
                        .int16(1)
                        .binary(bytes().int64(1).int64(2))
                        .message()))
                .isInstanceOfSatisfying(SourceException.class, e -> {
                    assertThat(e.reason()).isEqualTo(PgOutputDecoder.TEXT_MODE_NEEDED);
                    assertThat(e.kind()).isEqualTo(ErrorKind.RETRIABLE);
                })
                .hasMessageContaining("column at (point) of public.places");
        assertThat(log.lines).last().isEqualTo("insert public.places -> [(1,2)]");
    }

    @Test
    void shouldNameTheTypesThatNeedTextMode() {
        assertThat(PgOutputDecoder.typesThatNeedText(
                        catalog, List.of(FixedCatalog.INT4, FixedCatalog.POINT, FixedCatalog.POINT, 99_999)))
                .extracting(type -> type.displayName())
                .containsExactly("point", "type with OID 99999");
        assertThat(PgOutputDecoder.typesThatNeedText(catalog, List.of(FixedCatalog.INT4_ARRAY)))
                .isEmpty();
    }

    @Test
    void shouldFindTheColumnsOfAWideTable() {
        MessageBytes relation = relation(OID, "public", "wide", 'd', 60);
        MessageBytes row = of('I').int32(OID).int8('N').int16(60);
        for (int i = 0; i < 60; i++) {
            relation.column("c" + i, false, FixedCatalog.INT4);
            row.text(String.valueOf(i * i));
        }
        decode(MessageBytes.begin(1), relation.message(), row.message());

        assertThat(log.rows.get(0).value(59)).isEqualTo(3_481L);
        assertThat(log.rows.get(0).value(0)).isEqualTo(0L);
    }

    @Test
    void shouldKeepTheArrayThatTheDriverHandsOutAndCopyAPartOfALargerOne() {
        ByteBuffer row = of('I').int32(OID)
                .int8('N')
                .int16(3)
                .text("7")
                .text("Zoe")
                .int8('n')
                .message();
        byte[] pool = new byte[10_000];
        row.duplicate().get(pool, 500, row.remaining());
        decode(MessageBytes.begin(1), customers('d'), ByteBuffer.wrap(pool, 500, row.remaining()));
        Arrays.fill(pool, (byte) 0);

        assertThat(log.rows.get(0).value(1)).isEqualTo("Zoe");
        assertThat(log.rows.get(0).retainedBytes()).isBetween(row.remaining(), row.remaining() + 200);
    }
}
