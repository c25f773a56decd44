package io.deltaforge.bench.jmh;

import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.event.Transaction;

/** A numbered transaction that describes itself as one of PostgreSQL does. */
record SampleTransaction(long number) implements Transaction {

    @Override
    public String connector() {
        return "postgresql";
    }

    @Override
    public String id() {
        return String.valueOf(700 + number);
    }

    @Override
    public long commitMicros() {
        return 1_776_000_000_000_000L + number;
    }

    @Override
    public long hashHigh() {
        return number * 0x9E3779B97F4A7C15L;
    }

    @Override
    public long hashLow() {
        return number * 0xC2B2AE3D27D4EB4FL;
    }

    @Override
    public SourcePosition positionAfter(long ordinal) {
        return new SamplePosition(number);
    }

    @Override
    public void describe(SourceFields fields) {
        fields.text("lsn", "0/1000");
        fields.number("tx_id", 700 + number);
    }
}
