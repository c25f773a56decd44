package io.deltaforge.source.postgres.pgoutput;

import static io.deltaforge.source.postgres.pgoutput.MessageBytes.bytes;
import static io.deltaforge.source.postgres.pgoutput.MessageBytes.of;
import static io.deltaforge.source.postgres.pgoutput.MessageBytes.relation;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import io.deltaforge.api.event.Row;
import io.deltaforge.api.event.RowValues;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Damaged bytes end in a named error: whatever comes over the wire, nothing else is thrown and nothing large is allocated. */
final class MalformedMessageTest {

    private static final int OID = 16_400;
    private static final long SEED = Long.getLong("deltaforge.test.seed", 20_261_124L);

    private static ByteBuffer items() {
        return relation(OID, "public", "items", 'f', 3)
                .column("id", true, FixedCatalog.INT4)
                .column("tags", true, FixedCatalog.INT4_ARRAY)
                .column("name", true, FixedCatalog.TEXT)
                .message();
    }

    private static PgOutputDecoder decoderInTransaction() {
        PgOutputDecoder decoder = new PgOutputDecoder(new FixedCatalog(), "shop", (schema, table) -> true);
        decoder.decode(MessageBytes.begin(1), new MessageLog());
        decoder.decode(items(), new MessageLog());
        return decoder;
    }

    private static MessageBytes insert() {
        return of('I').int32(OID).int8('N');
    }

    static Stream<Arguments> malformed() {
        return Stream.of(
                Arguments.of(bytes(), "an empty pgoutput message"),
                Arguments.of(of('B').int64(1), "Begin ('B') of 9 bytes is malformed at its byte 1: the Commit message"),
                Arguments.of(of('C').int8(0).int64(1), "the end LSN expects 8 bytes, got 0"),
                Arguments.of(
                        of('C').int8(0).int64(2).int64(3).int64(4),
                        "the commit LSN 1 of the Begin message is expected, got 2"),
                Arguments.of(
                        of('I').int32(99).int8('N'),
                        "a table that a Relation message has described is expected, got the OID 99"),
                Arguments.of(
                        of('I').int32(OID).int8('X'),
                        "for public.items is malformed at its byte 5: N is expected before the new row"),
                Arguments.of(
                        insert().int16(2).int8('n').int8('n'),
                        "as many columns as in the Relation message are expected, 3, got 2"),
                Arguments.of(
                        insert().int16(3).int8('n').int8('n'), "column name (text) expects n, u, t or b, got the end"),
                Arguments.of(
                        insert().int16(3).int8('n').int8('z').int8('n'),
                        "column tags (integer[]) expects n, u, t or b, got 0x7a"),
                Arguments.of(
                        insert().int16(3).int8('b').int32(5).int8(0),
                        "column id (int4) expects a length and as many bytes, got the length 5 and 1 bytes"),
                Arguments.of(
                        insert().int16(3).int8('t').int32(-1), "expects a length and as many bytes, got the length -1"),
                Arguments.of(
                        insert().int16(3).int8('t').int32(Integer.MAX_VALUE), "got the length 2147483647 and 0 bytes"),
                Arguments.of(insert().int16(3).int8('t').int16(0), "got the length -1 and 0 bytes"),
                Arguments.of(
                        insert().int16(3).int8('n').int8('n').int8('n').int8(0),
                        "the end of the message is expected, got 1 more"),
                Arguments.of(
                        of('U').int32(OID)
                                .int8('K')
                                .int16(3)
                                .int8('n')
                                .int8('n')
                                .int8('n')
                                .int8('K'),
                        "Update ('U')"),
                Arguments.of(of('D').int32(OID).int8('N').int16(0), "K or O is expected before the old row"),
                Arguments.of(of('T').int32(1_000_000_000).int8(0).int32(OID), "1000000000 tables expect 4 bytes each"),
                Arguments.of(of('T').int32(-1).int8(0), "-1 tables expect 4 bytes each"),
                Arguments.of(of('R').int32(1).int8('x'), "the schema's name expects a zero byte at its end"),
                Arguments.of(relation(1, "public", "t", '?', 0), "the replica identity expects d, n, f or i"),
                Arguments.of(relation(1, "public", "t", 'd', 65_535), "65535 columns expect at least 10 bytes each"),
                Arguments.of(
                        of('M').int8(0).int64(1).string("p").int32(7), "a content of 7 bytes is expected to follow"));
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void shouldSayWhatIsWrongWithAMessage(MessageBytes message, String expected) {
        assertThatThrownBy(() -> decoderInTransaction().decode(message.message(), new MessageLog()))
                .isInstanceOfSatisfying(SourceException.class, e -> {
                    assertThat(e.kind()).isEqualTo(ErrorKind.FATAL);
                    assertThat(e.reason()).isEqualTo("MALFORMED_MESSAGE");
                })
                .hasMessageContaining(expected);
    }

    @ParameterizedTest
    @MethodSource("outsideOfTransactions")
    void shouldRefuseChangesOutsideOfTransactions(MessageBytes message) {
        PgOutputDecoder decoder = new PgOutputDecoder(new FixedCatalog(), "shop", (schema, table) -> true);
        decoder.decode(items(), new MessageLog());
        assertThatThrownBy(() -> decoder.decode(message.message(), new MessageLog()))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("a Begin message is expected first");
    }

    static Stream<MessageBytes> outsideOfTransactions() {
        return Stream.of(
                insert().int16(3).int8('n').int8('n').int8('n'),
                of('T').int32(1).int8(0).int32(OID),
                of('C').int8(0).int64(1).int64(2).int64(3));
    }

    @ParameterizedTest
    @MethodSource("typesOfOtherModes")
    void shouldNameMessagesOfModesThatWereNotAskedFor(char type, String name) {
        assertThatThrownBy(() -> decoderInTransaction().decode(of(type).int64(1).message(), new MessageLog()))
                .isInstanceOfSatisfying(
                        SourceException.class, e -> assertThat(e.reason()).isEqualTo("UNEXPECTED_MESSAGE"))
                .hasMessageContaining(name);
    }

    static Stream<Arguments> typesOfOtherModes() {
        return Stream.of(
                Arguments.of('S', "Stream Start ('S')"),
                Arguments.of('E', "Stream Stop ('E')"),
                Arguments.of('c', "Stream Commit ('c')"),
                Arguments.of('A', "Stream Abort ('A')"),
                Arguments.of('P', "Prepare ('P')"),
                Arguments.of((char) 0xFF, "0xff"));
    }

    @Test
    void shouldNameTheColumnOfAValueThatIsNoneOfItsType() {
        MessageLog log = new MessageLog();
        PgOutputDecoder decoder = decoderInTransaction();
        assertThatThrownBy(() -> decoder.decode(
                        insert().int16(3)
                                .binary(bytes().int16(1))
                                .int8('n')
                                .int8('n')
                                .message(),
                        log))
                .isInstanceOfSatisfying(SourceException.class, e -> {
                    assertThat(e.kind()).isEqualTo(ErrorKind.RECORD);
                    assertThat(e.reason()).isEqualTo("MALFORMED_VALUE");
                })
                .hasMessage("the binary value of 2 bytes in column id (int4) of public.items cannot be read:"
                        + " int4 expects 4 bytes, got 2");
    }

    private static List<byte[]> wholeMessages() {
        MessageBytes array = bytes().int32(2)
                .int32(1)
                .int32(FixedCatalog.INT4)
                .int32(1)
                .int32(1)
                .int32(2)
                .int32(1)
                .int32(4)
                .int32(77)
                .int32(-1);
        List<ByteBuffer> messages = List.of(
                items(),
                insert().int16(3)
                        .binary(bytes().int32(7))
                        .binary(array)
                        .text("some text")
                        .message(),
                of('U').int32(OID)
                        .int8('O')
                        .int16(3)
                        .text("12")
                        .text("[2:3]={1,NULL}")
                        .text("x")
                        .int8('N')
                        .int16(3)
                        .text("13")
                        .text("{{1,2},{3,4}}")
                        .int8('u')
                        .message(),
                of('D').int32(OID)
                        .int8('K')
                        .int16(3)
                        .binary(bytes().int32(7))
                        .int8('n')
                        .int8('n')
                        .message(),
                of('T').int32(1).int8(1).int32(OID).message(),
                of('M').int8(0).int64(1).string("p").int32(2).int16(7).message(),
                of('O').int64(1).string("origin").message(),
                of('Y').int32(5).string("public").string("mood").message(),
                MessageBytes.commit(1));
        List<byte[]> arrays = new ArrayList<>();
        for (ByteBuffer message : messages) {
            byte[] bytes = new byte[message.remaining()];
            message.get(bytes);
            arrays.add(bytes);
        }
        return arrays;
    }

    /** Decodes and reads every value of what came out; only the source's own failure may come of it. */
    private static boolean survives(byte[] message) {
        List<Row> rows = new ArrayList<>();
        try {
            MessageLog log = new MessageLog();
            decoderInTransaction().decode(ByteBuffer.wrap(message), log);
            rows.addAll(log.rows);
            for (Row row : rows) {
                RowValues.copyOf(row);
            }
            return true;
        } catch (SourceException expected) {
            return false;
        }
    }

    @Test
    void shouldRefuseEveryMessageThatIsCutShort() {
        for (byte[] whole : wholeMessages()) {
            assertThat(survives(whole)).isTrue();
            for (int length = 0; length < whole.length; length++) {
                assertThat(survives(Arrays.copyOf(whole, length)))
                        .as("the first %d of %d bytes of a message '%c'", length, whole.length, (char) whole[0])
                        .isFalse();
            }
        }
    }

    @Test
    void shouldThrowNothingButItsOwnFailureOnDamagedMessages() {
        System.out.println("deltaforge.test.seed=" + SEED);
        Random random = new Random(SEED);
        List<byte[]> messages = wholeMessages();
        int refused = 0;
        for (int round = 0; round < 40_000; round++) {
            byte[] message = messages.get(random.nextInt(messages.size())).clone();
            int flips = 1 + random.nextInt(4);
            for (int i = 0; i < flips; i++) {
                int at = random.nextInt(message.length);
                message[at] =
                        random.nextBoolean() ? (byte) random.nextInt() : (byte) (message[at] ^ 1 << random.nextInt(8));
            }
            refused += survives(message) ? 0 : 1;
        }
        assertThat(refused).isBetween(10_000, 40_000);
    }
}
