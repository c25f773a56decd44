package io.deltaforge.core.envelope;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.encode.EventEncoder;

/**
 * What Debezium's connectors and Kafka Connect's JSON converter write.
 *
 * @param values how values are written
 * @param serverName what {@code source.name} and the names of schemas begin with; empty for the pipeline's name
 * @param tombstones whether a record without a value follows each delete
 * @param schemas whether keys and values come with their schemas
 * @param wrapped whether values come in the wrapper that has a schema beside the payload, even without a schema
 */
record DebeziumEnvelope(Values values, String serverName, boolean tombstones, boolean schemas, boolean wrapped)
        implements Envelope {

    static final String NAME = "debezium";

    /** {@code time.precision.mode}. */
    enum Times {
        ADAPTIVE,
        ADAPTIVE_TIME_MICROSECONDS,
        CONNECT,
        ISOSTRING,
        MICROSECONDS,
        NANOSECONDS
    }

    /** {@code decimal.handling.mode}. */
    enum Decimals {
        PRECISE,
        STRING,
        DOUBLE
    }

    /** {@code binary.handling.mode}. */
    enum Binaries {
        BYTES,
        BASE64,
        BASE64_URL_SAFE,
        HEX
    }

    /** {@code interval.handling.mode}. */
    enum Intervals {
        NUMERIC,
        STRING
    }

    /** {@code hstore.handling.mode}. */
    enum Maps {
        JSON,
        MAP
    }

    /**
     * How values are written.
     *
     * @param times dates and times without zone
     * @param decimals decimal numbers
     * @param binaries bytes
     * @param intervals intervals
     * @param maps PostgreSQL's {@code hstore}
     * @param unavailable stands for what the database did not log
     */
    record Values(
            Times times, Decimals decimals, Binaries binaries, Intervals intervals, Maps maps, String unavailable) {

        /** Debezium's defaults. */
        static final Values DEFAULT = new Values(
                Times.ADAPTIVE,
                Decimals.PRECISE,
                Binaries.BYTES,
                Intervals.NUMERIC,
                Maps.JSON,
                "__debezium_unavailable_value");

        Values {
            requireNonNull(times, "times is null");
            requireNonNull(decimals, "decimals is null");
            requireNonNull(binaries, "binaries is null");
            requireNonNull(intervals, "intervals is null");
            requireNonNull(maps, "maps is null");
            requireNonNull(unavailable, "unavailable is null");
        }
    }

    /** Debezium's defaults, with schemas disabled. */
    static final DebeziumEnvelope DEFAULT = new DebeziumEnvelope(Values.DEFAULT, "", true, false, false);

    DebeziumEnvelope {
        requireNonNull(values, "values is null");
        requireNonNull(serverName, "serverName is null");
    }

    @Override
    public String configName() {
        return NAME;
    }

    @Override
    public EventEncoder encoder(String pipeline) {
        return new DebeziumEncoder(this, serverName.isEmpty() ? pipeline : serverName);
    }
}
