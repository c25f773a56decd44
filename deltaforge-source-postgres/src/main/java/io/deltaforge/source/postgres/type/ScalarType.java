package io.deltaforge.source.postgres.type;

import io.deltaforge.api.event.LogicalType;
import java.util.HashMap;
import java.util.Map;

/**
 * What a base type means and how it is read.
 *
 * @param logical what the values mean
 * @param binary reads the form of the send function; null where it is not known
 * @param text reads the form of the output function
 */
record ScalarType(LogicalType logical, ValueDecoder binary, ValueDecoder text) {

    private static final ValueDecoder AS_IS = BinaryScalars::text;
    private static final ScalarType CHARACTERS = new ScalarType(LogicalType.TEXT, AS_IS, AS_IS);
    private static final ScalarType TEXT_ONLY = new ScalarType(LogicalType.OTHER, null, AS_IS);

    /** By OID (PostgreSQL source, {@code src/include/catalog/pg_type.dat}). */
    private static final Map<Integer, ScalarType> BUILT_IN = builtIn();

    /** By name: types of extensions have no fixed OID. */
    private static final Map<String, ScalarType> OF_EXTENSIONS =
            Map.of("citext", CHARACTERS, "hstore", asText(BinaryTexts::hstore));

    static ScalarType builtIn(int oid) {
        return BUILT_IN.getOrDefault(oid, TEXT_ONLY);
    }

    static ScalarType ofExtension(String name) {
        return OF_EXTENSIONS.getOrDefault(name, TEXT_ONLY);
    }

    private static ScalarType asText(ValueDecoder binary) {
        return new ScalarType(LogicalType.OTHER, binary, AS_IS);
    }

    private static Map<Integer, ScalarType> builtIn() {
        Map<Integer, ScalarType> types = new HashMap<>();
        numbers(types);
        times(types);
        types.put(18, new ScalarType(LogicalType.TEXT, BinaryScalars::singleByte, AS_IS)); // "char"
        types.put(19, CHARACTERS); // name
        types.put(25, CHARACTERS); // text
        types.put(1042, CHARACTERS); // bpchar
        types.put(1043, CHARACTERS); // varchar
        types.put(16, new ScalarType(LogicalType.BOOLEAN, BinaryScalars::bool, TextScalars::bool));
        types.put(17, new ScalarType(LogicalType.BINARY, BinaryScalars::bytea, TextScalars::bytea));
        types.put(114, new ScalarType(LogicalType.JSON, BinaryScalars::json, BinaryScalars::json));
        types.put(3802, new ScalarType(LogicalType.JSON, BinaryScalars::jsonb, BinaryScalars::json));
        types.put(2950, new ScalarType(LogicalType.UUID, BinaryScalars::uuid, TextScalars::uuid));
        types.put(142, asText(AS_IS)); // xml: its send function writes the text in the client's encoding
        types.put(650, asText(BinaryAddresses::cidr));
        types.put(869, asText(BinaryAddresses::inet));
        types.put(829, asText(BinaryAddresses::macaddr));
        types.put(774, asText(BinaryAddresses::macaddr8));
        types.put(790, asText(BinaryTexts::money));
        types.put(1560, asText(BinaryTexts::bits)); // bit
        types.put(1562, asText(BinaryTexts::bits)); // varbit
        types.put(3220, asText(BinaryTexts::lsn));
        types.put(3614, asText(BinaryTexts::tsvector));
        return Map.copyOf(types);
    }

    private static void numbers(Map<Integer, ScalarType> types) {
        types.put(21, new ScalarType(LogicalType.INTEGER, BinaryScalars::int2, TextScalars::integer));
        types.put(23, new ScalarType(LogicalType.INTEGER, BinaryScalars::int4, TextScalars::integer));
        types.put(20, new ScalarType(LogicalType.INTEGER, BinaryScalars::int8, TextScalars::integer));
        types.put(26, new ScalarType(LogicalType.INTEGER, BinaryScalars::oid, TextScalars::integer));
        types.put(700, new ScalarType(LogicalType.FLOAT32, BinaryScalars::float4, TextScalars::float4));
        types.put(701, new ScalarType(LogicalType.FLOAT64, BinaryScalars::float8, TextScalars::float8));
        types.put(1700, new ScalarType(LogicalType.DECIMAL, BinaryNumeric::decode, TextScalars::numeric));
    }

    private static void times(Map<Integer, ScalarType> types) {
        types.put(1082, new ScalarType(LogicalType.DATE, BinaryTimes::date, TextTimes::date));
        types.put(1083, new ScalarType(LogicalType.TIME, BinaryTimes::time, TextTimes::time));
        types.put(1266, new ScalarType(LogicalType.TIME_TZ, BinaryTimes::timeTz, TextTimes::timeTz));
        types.put(1114, new ScalarType(LogicalType.TIMESTAMP, BinaryTimes::timestamp, TextTimes::timestamp));
        types.put(1184, new ScalarType(LogicalType.TIMESTAMP_TZ, BinaryTimes::timestampTz, TextTimes::timestampTz));
        types.put(1186, new ScalarType(LogicalType.INTERVAL, BinaryTimes::interval, TextInterval::decode));
    }
}
