package io.deltaforge.testkit.gtid;

import java.util.BitSet;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;

/** A set of transactions, written {@code a:1-5:7,b:1}. Immutable. */
final class GtidSet {

    static final GtidSet EMPTY = new GtidSet(new TreeMap<>());

    private final Map<String, BitSet> numbers;

    private GtidSet(Map<String, BitSet> numbers) {
        this.numbers = numbers;
    }

    static GtidSet parse(String text) {
        Map<String, BitSet> numbers = new TreeMap<>();
        if (text.isEmpty()) {
            return EMPTY;
        }
        for (String server : text.split(",", -1)) {
            String[] parts = server.split(":", -1);
            BitSet bits = new BitSet();
            for (int i = 1; i < parts.length; i++) {
                String[] bounds = parts[i].split("-", -1);
                bits.set(Integer.parseInt(bounds[0]), Integer.parseInt(bounds[bounds.length - 1]) + 1);
            }
            numbers.put(parts[0], bits);
        }
        return new GtidSet(numbers);
    }

    GtidSet with(Gtid gtid) {
        Map<String, BitSet> changed = new TreeMap<>(numbers);
        BitSet bits = changed.containsKey(gtid.server())
                ? (BitSet) changed.get(gtid.server()).clone()
                : new BitSet();
        bits.set(gtid.number());
        changed.put(gtid.server(), bits);
        return new GtidSet(changed);
    }

    boolean contains(Gtid gtid) {
        BitSet bits = numbers.get(gtid.server());
        return bits != null && bits.get(gtid.number());
    }

    boolean containsAll(GtidSet other) {
        for (Map.Entry<String, BitSet> entry : other.numbers.entrySet()) {
            BitSet missing = (BitSet) entry.getValue().clone();
            BitSet held = numbers.get(entry.getKey());
            if (held != null) {
                missing.andNot(held);
            }
            if (!missing.isEmpty()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GtidSet that && numbers.equals(that.numbers);
    }

    @Override
    public int hashCode() {
        return numbers.hashCode();
    }

    @Override
    public String toString() {
        StringJoiner servers = new StringJoiner(",");
        numbers.forEach((server, bits) -> {
            StringBuilder text = new StringBuilder(server);
            for (int first = bits.nextSetBit(0); first >= 0; ) {
                int behind = bits.nextClearBit(first);
                text.append(':').append(first);
                if (behind - 1 > first) {
                    text.append('-').append(behind - 1);
                }
                first = bits.nextSetBit(behind);
            }
            servers.add(text);
        });
        return servers.toString();
    }
}
