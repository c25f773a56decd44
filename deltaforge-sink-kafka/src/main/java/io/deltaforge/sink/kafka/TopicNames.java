package io.deltaforge.sink.kafka;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.common.errors.InvalidTopicException;

/**
 * Refuses names that Kafka does not take for topics: at most 249 characters of ASCII letters, digits, {@code .},
 * {@code _} and {@code -}, and neither {@code .} nor {@code ..}. Asks a gate about each before its first use. Not
 * thread-safe.
 */
final class TopicNames {

    private static final int MAX_LENGTH = 249;
    private static final int MAX_REMEMBERED = 4_096;

    private final Set<String> good = new HashSet<>();
    private final TopicGate gate;
    private String last;

    TopicNames(TopicGate gate) {
        this.gate = gate;
    }

    /** Returns the name, if it is good and the gate lets it pass; checked once per name. */
    String checked(String name) {
        if (name.equals(last)) {
            return name;
        }
        if (!good.contains(name)) {
            String fault = fault(name);
            if (fault != null) {
                ErrorTable.Reaction reaction = ErrorTable.row(InvalidTopicException.class);
                throw new DeliveryException(
                        ErrorKind.RECORD,
                        reaction.reason(),
                        "'" + name + "' cannot name a topic: " + fault,
                        reaction.remedy(),
                        null);
            }
            gate.pass(name);
            if (good.size() >= MAX_REMEMBERED) {
                good.clear();
            }
            good.add(name);
        }
        last = name;
        return name;
    }

    /** Says what is wrong with a name; null when it is good. */
    static String fault(String name) {
        if (name.isEmpty()) {
            return "it is empty";
        }
        if (name.length() > MAX_LENGTH) {
            return "it has " + name.length() + " characters, at most " + MAX_LENGTH + " are allowed";
        }
        if (name.equals(".") || name.equals("..")) {
            return "'.' and '..' are not allowed";
        }
        if (name.startsWith(PositionsTopic.PREFIX)) {
            return "names that begin with " + PositionsTopic.PREFIX + " are for the positions of sinks";
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean allowed =
                    (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || ".-_".indexOf(c) >= 0;
            if (!allowed) {
                return "'" + c + "' is not allowed, only ASCII letters, digits, '.', '_' and '-'";
            }
        }
        return null;
    }
}
