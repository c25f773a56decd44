package io.deltaforge.source.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaforge.api.event.EventId;
import io.deltaforge.api.event.Transaction.SourceFields;
import io.deltaforge.source.postgres.position.PostgresPosition;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PostgresTransactionTest {

    /** Consumers keep these ids: whoever changes them makes every consumer see old events as new ones. */
    @ParameterizedTest
    @CsvSource({
        "7561234567890123456, 1, 16B3748, 0, c937a03c-d890-8112-8fd3-cea53570dbad",
        "7561234567890123456, 1, 16B3748, 1, c937a03c-d890-8112-8fd3-cea53570dbae",
        "7561234567890123456, 2, 16B3748, 0, 57770a41-8dab-8ba0-9d4f-4ec88bcc5aeb",
        "7561234567890123457, 1, 16B3748, 0, 16064abd-61a2-86b2-ba93-f7ae6efcb8d0",
        "18446744073709551615, 4294967295, FFFFFFFFFFFFFFFF, 4294967296, 22662625-a5ce-8c31-9e3e-1f3e47aa0b28",
    })
    void shouldGiveTheIdsThatConsumersKnow(String system, String timeline, String lsn, long ordinal, String id) {
        PostgresTransaction transaction = new PostgresTransaction(
                Long.parseUnsignedLong(system),
                Integer.parseUnsignedInt(timeline),
                Long.parseUnsignedLong(lsn, 16),
                0,
                0);
        assertThat(new UUID(EventId.high(transaction.hashHigh(), 0), EventId.low(transaction.hashLow(), ordinal)))
                .hasToString(id);
    }

    @Test
    void shouldDescribeItself() {
        PostgresTransaction transaction = new PostgresTransaction(1, 1, 0x16B3748, 1_700_000_000_000_000L, -2);
        List<String> fields = new ArrayList<>();
        transaction.describe(new SourceFields() {
            @Override
            public void text(String name, String value) {
                fields.add(name + "=" + value);
            }

            @Override
            public void number(String name, long value) {
                fields.add(name + "=" + value);
            }
        });
        assertThat(fields).containsExactly("lsn=0/16B3748", "txId=4294967294");
        assertThat(transaction.id()).isEqualTo("4294967294");
        assertThat(transaction.connector()).isEqualTo("postgresql");
        assertThat(transaction.commitMicros()).isEqualTo(1_700_000_000_000_000L);
    }

    @Test
    void shouldKnowTheDigestBehindTheLatestChangeOnly() {
        PostgresTransaction transaction = new PostgresTransaction(1, 1, 0x1000, 0, 0);
        TransactionDigest digest = transaction.startDigest(true);
        digest.add(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        transaction.digested(0);
        long first = ((PostgresPosition) transaction.positionAfter(0)).digest();
        digest.add(ByteBuffer.wrap(new byte[] {4}));
        transaction.digested(1);
        assertThat(first).isNotZero();
        assertThat(((PostgresPosition) transaction.positionAfter(0)).digest()).isZero();
        assertThat(((PostgresPosition) transaction.positionAfter(1)).digest())
                .isNotZero()
                .isNotEqualTo(first);
        assertThat(transaction.positionAfter(0)).isEqualTo(PostgresPosition.inside(1, 0x1000, 0, first));
    }

    @Test
    void shouldTellChangesApartByTheirBytesAndStreamsOfAnotherFormByTheirStructure() {
        byte[] binary = "I0001N\0\2b0001x".getBytes(StandardCharsets.US_ASCII);
        byte[] text = "I0001N\0\2t0001y".getBytes(StandardCharsets.US_ASCII);
        byte[] otherTable = "I0002N\0\2b0001x".getBytes(StandardCharsets.US_ASCII);
        long one = digest(binary, true);
        assertThat(TransactionDigest.match(one, digest(binary, true))).isTrue();
        assertThat(TransactionDigest.match(one, digest(text, true))).isFalse();
        assertThat(TransactionDigest.match(one, digest(text, false))).isTrue();
        assertThat(TransactionDigest.match(one, digest(otherTable, false))).isFalse();
        assertThat(TransactionDigest.isBinary(one)).isTrue();
        assertThat(TransactionDigest.isBinary(digest(text, false))).isFalse();
    }

    private static long digest(byte[] message, boolean binary) {
        TransactionDigest digest = new TransactionDigest();
        digest.add(ByteBuffer.wrap(message));
        long value = digest.value(binary);
        digest.add(ByteBuffer.wrap(message));
        digest.undo();
        assertThat(digest.value(binary)).isEqualTo(value);
        return value;
    }
}
