package io.deltaforge.sink.kafka;

import io.deltaforge.api.error.ConfigException.Problem;
import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The addresses that the setting {@code brokers} lists: {@code host:port}, separated by commas. */
final class BrokerList {

    private static final Pattern ADDRESS = Pattern.compile("(?:\\[([0-9a-fA-F:]+)]|([A-Za-z0-9._-]+)):([0-9]{1,5})");
    private static final int MAX_PORT = 65_535;

    private BrokerList() {}

    /** Returns what is wrong with a list. */
    static List<Problem> problems(String path, String brokers) {
        List<Problem> problems = new ArrayList<>();
        for (String address : split(brokers)) {
            Matcher matcher = ADDRESS.matcher(address);
            if (!matcher.matches()) {
                problems.add(new Problem(
                        path, "'" + address + "' is no address; write host:port, separated by commas: localhost:9092"));
            } else if (Integer.parseInt(matcher.group(3)) > MAX_PORT || Integer.parseInt(matcher.group(3)) == 0) {
                problems.add(new Problem(path, "'" + address + "' has no port between 1 and " + MAX_PORT));
            }
        }
        return problems;
    }

    /** Returns the addresses whose hosts are known. Blocks as long as the resolver does. */
    static List<InetSocketAddress> addresses(String brokers) {
        List<InetSocketAddress> addresses = new ArrayList<>();
        for (String address : split(brokers)) {
            Matcher matcher = ADDRESS.matcher(address);
            if (matcher.matches()) {
                String host = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
                InetSocketAddress resolved = new InetSocketAddress(host, Integer.parseInt(matcher.group(3)));
                if (!resolved.isUnresolved()) {
                    addresses.add(resolved);
                }
            }
        }
        return addresses;
    }

    private static List<String> split(String brokers) {
        return Arrays.stream(brokers.split(",", -1)).map(String::trim).toList();
    }

    /**
     * Makes sure that at least one of the hosts has an address. The client takes a name server's silence for a mistake in
     * the configuration, although it may pass. Blocks as long as the resolver does.
     *
     * @throws DeliveryException of kind {@code RETRIABLE} when none has
     */
    static void resolve(String brokers) {
        UnknownHostException last = null;
        for (String address : split(brokers)) {
            Matcher matcher = ADDRESS.matcher(address);
            if (!matcher.matches()) {
                continue;
            }
            try {
                InetAddress.getByName(matcher.group(1) == null ? matcher.group(2) : matcher.group(1));
                return;
            } catch (UnknownHostException e) {
                last = e;
            }
        }
        throw new DeliveryException(
                ErrorKind.RETRIABLE,
                "BROKER_UNRESOLVED",
                "no host name of brokers = " + brokers + " is known",
                "check the setting brokers and the name server",
                last);
    }
}
