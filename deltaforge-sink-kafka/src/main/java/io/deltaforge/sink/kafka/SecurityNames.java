package io.deltaforge.sink.kafka;

import java.util.Map;
import java.util.Optional;

/** Turns librdkafka's settings for SASL and TLS into the Java client's, of which several become one or one several. */
final class SecurityNames {

    private SecurityNames() {}

    /** Adds to a configuration what the given settings of librdkafka stand for. */
    static void apply(ClientConf conf, Map<String, String> combined) {
        login(conf, combined);
        authority(conf, combined);
        certificate(conf, combined);
    }

    private static void login(ClientConf conf, Map<String, String> combined) {
        String user = combined.get(RdkafkaNames.USERNAME);
        String password = combined.get(RdkafkaNames.PASSWORD);
        if (user == null && password == null) {
            return;
        }
        if (user == null || password == null) {
            String missing = user == null ? RdkafkaNames.USERNAME : RdkafkaNames.PASSWORD;
            conf.problem(missing, "is missing; sasl.username and sasl.password go together");
            return;
        }
        if (conf.has("sasl.jaas.config")) {
            conf.problem("sasl.jaas.config", "and sasl.username both say who logs in; keep one of them");
            return;
        }
        String mechanism = conf.value("sasl.mechanism").orElse("GSSAPI");
        Optional<String> module = loginModule(mechanism);
        if (module.isEmpty()) {
            conf.problem(
                    conf.nameOf("sasl.mechanism"),
                    "is " + mechanism + ", which takes no sasl.username; set PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512");
            return;
        }
        String protocol = conf.value("security.protocol").orElse("PLAINTEXT");
        if (!protocol.startsWith("SASL_")) {
            conf.problem(
                    "security.protocol",
                    "is " + protocol + ", which takes no sasl.username; set SASL_SSL or SASL_PLAINTEXT");
        }
        conf.put(
                "sasl.jaas.config",
                RdkafkaNames.PASSWORD,
                module.get() + " required username=\"" + quoted(user) + "\" password=\"" + quoted(password) + "\";");
    }

    private static Optional<String> loginModule(String mechanism) {
        return switch (mechanism) {
            case "PLAIN" -> Optional.of("org.apache.kafka.common.security.plain.PlainLoginModule");
            case "SCRAM-SHA-256", "SCRAM-SHA-512" ->
                Optional.of("org.apache.kafka.common.security.scram.ScramLoginModule");
            default -> Optional.empty();
        };
    }

    private static String quoted(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    private static void authority(ClientConf conf, Map<String, String> combined) {
        String file = combined.get(RdkafkaNames.CA_FILE);
        String text = combined.get(RdkafkaNames.CA_TEXT);
        if (file != null) {
            conf.put("ssl.truststore.type", RdkafkaNames.CA_FILE, "PEM");
            conf.put("ssl.truststore.location", RdkafkaNames.CA_FILE, file);
        }
        if (text != null) {
            conf.put("ssl.truststore.type", RdkafkaNames.CA_TEXT, "PEM");
            conf.put("ssl.truststore.certificates", RdkafkaNames.CA_TEXT, text);
        }
        if (file != null && text != null) {
            conf.problem(RdkafkaNames.CA_TEXT, "and ssl.ca.location both name the authority; keep one of them");
        }
    }

    private static void certificate(ClientConf conf, Map<String, String> combined) {
        boolean certificate = combined.containsKey(RdkafkaNames.CERTIFICATE_FILE);
        boolean key = combined.containsKey(RdkafkaNames.KEY_FILE);
        if (certificate != key) {
            conf.problem(
                    certificate ? RdkafkaNames.KEY_FILE : RdkafkaNames.CERTIFICATE_FILE,
                    "is missing; ssl.certificate.location and ssl.key.location go together");
        }
        if (certificate || key || conf.has("ssl.keystore.certificate.chain") || conf.has("ssl.keystore.key")) {
            conf.put("ssl.keystore.type", RdkafkaNames.CERTIFICATE_FILE, "PEM");
        }
    }
}
