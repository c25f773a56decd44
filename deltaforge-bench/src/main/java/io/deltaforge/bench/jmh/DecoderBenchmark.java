package io.deltaforge.bench.jmh;

import io.deltaforge.api.event.Row;
import io.deltaforge.api.event.TableSchema;
import io.deltaforge.source.postgres.pgoutput.PgOutputDecoder;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A change of 10 columns from a message of pgoutput to a row; per event. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class DecoderBenchmark {

    private static final int MESSAGES = 1_024;

    /** Keeps the last row. */
    private static final class LastRow extends SampleLog.Inserts {
        private Row row;

        @Override
        public void insert(TableSchema table, Row after) {
            row = after;
        }
    }

    private final ByteBuffer[] messages = new ByteBuffer[MESSAGES];
    private final LastRow last = new LastRow();
    private final PgOutputDecoder decoder = SampleLog.decoder(last);
    private int next;

    /** Makes the state; called by JMH. */
    public DecoderBenchmark() {
        for (int i = 0; i < MESSAGES; i++) {
            messages[i] = SampleLog.insert(i + 1L);
        }
    }

    /**
     * The baseline: copies the same bytes.
     *
     * @return the copy
     */
    @Benchmark
    public byte[] copyOfTheSameBytes() {
        return messages[next++ & MESSAGES - 1].array().clone();
    }

    /**
     * Decodes an insert.
     *
     * @return the row
     */
    @Benchmark
    public Row insert() {
        decoder.decode(messages[next++ & MESSAGES - 1], last);
        return last.row;
    }
}
