package io.deltaforge.testkit.event;

import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.event.Transaction;

/** One transaction of a log with whole numbers for positions. */
record TestTransaction(long number) implements Transaction {

    private static final long MIX_HIGH = 0x9E3779B97F4A7C15L;
    private static final long MIX_LOW = 0xC2B2AE3D27D4EB4FL;

    @Override
    public String connector() {
        return "testkit";
    }

    @Override
    public String id() {
        return "tx" + number;
    }

    @Override
    public long commitMicros() {
        return 1_700_000_000_000_000L + number * 1_000;
    }

    @Override
    public long hashHigh() {
        return number * MIX_HIGH;
    }

    @Override
    public long hashLow() {
        return number * MIX_LOW;
    }

    @Override
    public SourcePosition positionAfter(long ordinal) {
        return new TestPosition(number, ordinal);
    }

    @Override
    public void describe(SourceFields fields) {
        fields.number("transaction", number);
    }
}
