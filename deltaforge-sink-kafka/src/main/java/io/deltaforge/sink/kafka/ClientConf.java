package io.deltaforge.sink.kafka;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.config.NearestName;
import io.deltaforge.api.error.ConfigException.Problem;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/**
 * What the user wrote into {@code client_conf}, under the Java client's names and checked one by one against its own
 * definitions. Collects everything that is wrong.
 */
final class ClientConf {

    private static final Map<String, String> NOT_FOR_USERS = Map.of(
            "bootstrap.servers", "it is set by brokers",
            "metadata.broker.list", "it is set by brokers",
            "key.serializer", "the sink sends bytes that it encoded itself",
            "value.serializer", "the sink sends bytes that it encoded itself",
            "transactional.id",
                    "it is made of the names of pipeline and sink, so that a restart fences what ran before");

    private static final String TRANSACTION_TIMEOUT = "transaction.timeout.ms";

    private static final ConfigDef DEFINITIONS = ProducerConfig.configDef();

    /** What a setting was called and what it is. */
    private record Entry(String userName, String value) {}

    private final String path;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Map<String, String> combined = new LinkedHashMap<>();
    private final List<Problem> problems = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    private ClientConf(String path) {
        this.path = requireNonNull(path, "path is null");
    }

    /**
     * Reads what the user wrote.
     *
     * @param path the path of {@code client_conf} itself, for problems
     * @param written names of the Java client or of librdkafka with their values
     * @param exactlyOnce whether there are transactions
     */
    static ClientConf read(String path, Map<String, String> written, boolean exactlyOnce) {
        ClientConf conf = new ClientConf(path);
        written.forEach(conf::read);
        SecurityNames.apply(conf, Collections.unmodifiableMap(conf.combined));
        conf.compressionLevel();
        if (!exactlyOnce && conf.has(TRANSACTION_TIMEOUT)) {
            conf.problem(conf.nameOf(TRANSACTION_TIMEOUT), "belongs to exactly_once = true; set that, or remove this");
        }
        return conf;
    }

    private void read(String name, String value) {
        RdkafkaNames.Translation translation = RdkafkaNames.TRANSLATED.get(name);
        if (NOT_FOR_USERS.containsKey(name)) {
            problem(name, "cannot be set here: " + NOT_FOR_USERS.get(name));
        } else if (RdkafkaNames.COMBINED.contains(name)) {
            combine(name, value);
        } else if (translation != null) {
            translate(name, value, translation);
        } else if (isKnown(name)) {
            put(name, name, value);
        } else if (RdkafkaNames.OTHERWISE.containsKey(name)) {
            problem(name, RdkafkaNames.OTHERWISE.get(name));
        } else if (RdkafkaNames.WITHOUT_MEANING.contains(name)) {
            warnings.add(path + "." + name + " says nothing to the Java client and is ignored");
        } else {
            Optional<String> nearest = NearestName.of(name, allNames());
            problem(
                    name,
                    "is neither a producer setting of the Java client nor one of librdkafka"
                            + nearest.map(near -> "; did you mean " + near + "?")
                                    .orElse(""));
        }
    }

    private void combine(String name, String value) {
        if (name.equals(RdkafkaNames.PARTITIONER)) {
            if (!value.equals("murmur2") && !value.equals("murmur2_random")) {
                problem(
                        name,
                        "'" + value
                                + "' is not available: the Java client places keys by murmur2; write murmur2_random "
                                + "or leave it out");
            }
            return;
        }
        combined.put(name, value);
    }

    private void translate(String name, String value, RdkafkaNames.Translation translation) {
        try {
            put(translation.name(), name, translation.value().apply(value.trim()));
        } catch (NumberFormatException | ArithmeticException e) {
            problem(name, "'" + value + "' is no number in range");
        }
    }

    private static boolean isKnown(String name) {
        ConfigDef.ConfigKey key = DEFINITIONS.configKeys().get(name);
        return key != null && !key.internalConfig;
    }

    private static Set<String> allNames() {
        Set<String> names = new TreeSet<>(RdkafkaNames.TRANSLATED.keySet());
        names.addAll(RdkafkaNames.COMBINED);
        names.addAll(RdkafkaNames.WITHOUT_MEANING);
        DEFINITIONS.configKeys().keySet().stream().filter(ClientConf::isKnown).forEach(names::add);
        names.removeAll(NOT_FOR_USERS.keySet());
        return names;
    }

    private void compressionLevel() {
        String level = combined.get(RdkafkaNames.COMPRESSION_LEVEL);
        if (level == null || level.equals("-1")) {
            return;
        }
        String type = value("compression.type").orElse(ProducerSettings.COMPRESSION);
        if (Set.of("gzip", "lz4", "zstd").contains(type)) {
            put("compression." + type + ".level", RdkafkaNames.COMPRESSION_LEVEL, level);
        } else {
            problem(RdkafkaNames.COMPRESSION_LEVEL, "compression.type " + type + " has no levels");
        }
    }

    /** Sets a value, unless it cannot be one. */
    void put(String name, String userName, String value) {
        Entry before = entries.get(name);
        if (before != null && !before.value().equals(value)) {
            problem(
                    userName,
                    "and " + before.userName() + " are two names of " + name + " and differ; keep one of them");
            return;
        }
        entries.put(name, new Entry(userName, value));
        ConfigDef.ConfigKey key = DEFINITIONS.configKeys().get(name);
        try {
            Object parsed = ConfigDef.parseType(name, value, key.type);
            if (key.validator != null) {
                key.validator.ensureValid(name, parsed);
            }
        } catch (ConfigException e) {
            boolean secret = key.type == ConfigDef.Type.PASSWORD || isSecret(userName);
            problem(
                    userName,
                    secret
                            ? "has a value that the Java client does not take"
                            : "'" + value + "' is not allowed: " + e.getMessage());
        }
    }

    /** Says whether a value must not be shown, by its name. */
    static boolean isSecret(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.contains("password")
                || lower.contains("secret")
                || lower.contains("jaas")
                || lower.contains("credential")
                || lower.contains("token")
                || lower.endsWith(".key")
                || lower.endsWith(".pem");
    }

    void problem(String userName, String message) {
        problems.add(new Problem(path + "." + userName, message));
    }

    void warning(String userName, String message) {
        warnings.add(path + "." + userName + ": " + message);
    }

    boolean has(String name) {
        return entries.containsKey(name);
    }

    /** Returns what the user called a setting. */
    String nameOf(String name) {
        Entry entry = entries.get(name);
        return entry == null ? name : entry.userName();
    }

    Optional<String> value(String name) {
        return Optional.ofNullable(entries.get(name)).map(Entry::value);
    }

    /** Returns a whole number that the user set; empty when he did not, or not a number. */
    Optional<Long> number(String name) {
        try {
            return value(name).map(text -> Long.valueOf(text.trim()));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Returns a setting of librdkafka that has no counterpart of its own. */
    Optional<String> combined(String name) {
        return Optional.ofNullable(combined.get(name));
    }

    /** Returns what the user set, under the Java client's names. */
    Map<String, String> values() {
        Map<String, String> values = new LinkedHashMap<>();
        entries.forEach((name, entry) -> values.put(name, entry.value()));
        return values;
    }

    List<Problem> problems() {
        return problems;
    }

    List<String> warnings() {
        return warnings;
    }
}
