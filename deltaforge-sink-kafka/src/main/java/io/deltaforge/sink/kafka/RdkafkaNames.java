package io.deltaforge.sink.kafka;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Settings of librdkafka, which users of the original have in their {@code client_conf}, and what they are called and how
 * they are written for the Java client. Source: librdkafka's CONFIGURATION.md, version 2.
 */
final class RdkafkaNames {

    /** The file with the certificate, which the Java client takes as text only; read when the sink opens. */
    static final String CERTIFICATE_FILE = "ssl.certificate.location";
    /** The file with the private key, likewise. */
    static final String KEY_FILE = "ssl.key.location";

    static final String USERNAME = "sasl.username";
    static final String PASSWORD = "sasl.password";
    static final String CA_FILE = "ssl.ca.location";
    static final String CA_TEXT = "ssl.ca.pem";
    static final String COMPRESSION_LEVEL = "compression.level";
    static final String PARTITIONER = "partitioner";

    /** Settings that stand for more than one of the Java client's. */
    static final Set<String> COMBINED =
            Set.of(CERTIFICATE_FILE, KEY_FILE, USERNAME, PASSWORD, CA_FILE, CA_TEXT, COMPRESSION_LEVEL, PARTITIONER);

    /**
     * A setting under its other name.
     *
     * @param name what the Java client calls it
     * @param value turns the value into what the Java client takes; throws {@link NumberFormatException} on bad numbers
     */
    record Translation(String name, UnaryOperator<String> value) {}

    static final Map<String, Translation> TRANSLATED = translated();

    /** Settings that say nothing to the Java client; each is answered with a warning. */
    static final Set<String> WITHOUT_MEANING = Set.of(
            "queue.buffering.max.messages",
            "queue.buffering.backpressure.threshold",
            "batch.num.messages",
            "statistics.interval.ms",
            "message.copy.max.bytes",
            "receive.message.max.bytes",
            "sticky.partitioning.linger.ms",
            "delivery.report.only.error",
            "enable.gapless.guarantee",
            "enable.random.seed",
            "enable.sparse.connections",
            "enable.ssl.certificate.verification",
            "allow.auto.create.topics",
            "topic.metadata.refresh.sparse",
            "topic.metadata.refresh.fast.interval.ms",
            "topic.metadata.refresh.fast.cnt",
            "reconnect.backoff.jitter.ms",
            "enabled_events",
            "sasl.kerberos.kinit.cmd",
            "sasl.kerberos.min.time.before.relogin",
            "topic.metadata.propagation.max.ms",
            "topic.blacklist",
            "socket.keepalive.enable",
            "socket.nagle.disable",
            "socket.max.fails",
            "socket.blocking.max.ms",
            "broker.address.ttl",
            "broker.address.family",
            "broker.version.fallback",
            "api.version.request",
            "api.version.request.timeout.ms",
            "api.version.fallback.ms",
            "log_level",
            "log.connection.close",
            "log.queue",
            "log.thread.name",
            "debug",
            "builtin.features",
            "internal.termination.signal",
            "plugin.library.paths",
            "queuing.strategy",
            "produce.offset.report",
            "ssl.curves.list",
            "ssl.sigalgs.list",
            "ssl.crl.location",
            "ssl.providers",
            "client.software.name");

    private static final String IN_JAAS =
            "is a part of sasl.jaas.config for the Java client: write that instead (Kafka's manual, section Security)";

    /** Settings that cannot be left out, nor be translated one by one: what to write instead. */
    static final Map<String, String> OTHERWISE = Map.of(
            "sasl.kerberos.principal",
            IN_JAAS,
            "sasl.kerberos.keytab",
            IN_JAAS,
            "sasl.oauthbearer.config",
            IN_JAAS,
            "sasl.oauthbearer.client.id",
            IN_JAAS,
            "sasl.oauthbearer.client.secret",
            IN_JAAS,
            "sasl.oauthbearer.extensions",
            IN_JAAS,
            "ssl.ca.certificate.stores",
            "names stores of Windows: write ssl.ca.location, with a file of certificates in PEM");

    private RdkafkaNames() {}

    private static Map<String, Translation> translated() {
        Map<String, Translation> names = new LinkedHashMap<>();
        names.put("message.timeout.ms", new Translation("delivery.timeout.ms", RdkafkaNames::zeroForEver));
        names.put("message.send.max.retries", same("retries"));
        names.put("request.required.acks", same("acks"));
        names.put("compression.codec", same("compression.type"));
        names.put("queue.buffering.max.ms", new Translation("linger.ms", RdkafkaNames::wholeMillis));
        names.put("linger.ms", new Translation("linger.ms", RdkafkaNames::wholeMillis));
        names.put("queue.buffering.max.kbytes", new Translation("buffer.memory", RdkafkaNames::kilobytes));
        names.put("message.max.bytes", same("max.request.size"));
        names.put("socket.timeout.ms", same("request.timeout.ms"));
        names.put("max.in.flight", same("max.in.flight.requests.per.connection"));
        names.put("topic.metadata.refresh.interval.ms", same("metadata.max.age.ms"));
        names.put("socket.send.buffer.bytes", new Translation("send.buffer.bytes", RdkafkaNames::zeroForDefault));
        names.put("socket.receive.buffer.bytes", new Translation("receive.buffer.bytes", RdkafkaNames::zeroForDefault));
        names.put("sasl.mechanisms", same("sasl.mechanism"));
        names.put("security.protocol", new Translation("security.protocol", value -> value.toUpperCase(Locale.ROOT)));
        names.put(
                "ssl.endpoint.identification.algorithm",
                new Translation("ssl.endpoint.identification.algorithm", value -> value.equals("none") ? "" : value));
        names.put("ssl.certificate.pem", same("ssl.keystore.certificate.chain"));
        names.put("ssl.key.pem", same("ssl.keystore.key"));
        return names;
    }

    private static Translation same(String name) {
        return new Translation(name, value -> value);
    }

    private static String zeroForEver(String millis) {
        return Long.parseLong(millis) == 0 ? Integer.toString(Integer.MAX_VALUE) : millis;
    }

    private static String zeroForDefault(String bytes) {
        return Long.parseLong(bytes) == 0 ? "-1" : bytes;
    }

    /** The original takes fractions of a millisecond; the Java client knows whole ones. */
    private static String wholeMillis(String millis) {
        return new BigDecimal(millis).setScale(0, RoundingMode.CEILING).toPlainString();
    }

    private static String kilobytes(String kilobytes) {
        return Long.toString(Math.multiplyExact(Long.parseLong(kilobytes), 1_024L));
    }
}
