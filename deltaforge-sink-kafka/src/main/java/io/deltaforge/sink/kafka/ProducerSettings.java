package io.deltaforge.sink.kafka;

import io.deltaforge.api.config.EffectiveSetting;
import io.deltaforge.api.error.ConfigException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How the producer is set up: the defaults of this sink, with what the user wrote into {@code client_conf} over them. A
 * default yields when what the user set would contradict it; what the user set twice over is refused.
 *
 * @param properties names and values for the producer, without serializers
 * @param certificate a PEM file with the client's certificate, to be read when the sink opens
 * @param privateKey a PEM file with the client's key, likewise
 * @param warnings what the user should know, one sentence each
 * @param explained why each setting is what it is, without secrets
 */
record ProducerSettings(
        Map<String, String> properties,
        Optional<Path> certificate,
        Optional<Path> privateKey,
        List<String> warnings,
        List<EffectiveSetting> explained) {

    /** Costs little CPU, and JSON envelopes shrink to a fraction with it. */
    static final String COMPRESSION = "lz4";

    /** As the original recommends; short enough that an outage shows in the pipeline's state while it lasts. */
    private static final long DELIVERY_TIMEOUT_MS = 30_000;

    private static final long MAX_REQUEST_TIMEOUT_MS = 30_000;

    /**
     * The engine hands over whole batches: what comes in one of them is in the producer within this time, and waiting
     * longer would only add to the delay of an idle pipeline.
     */
    private static final long LINGER_MS = 1;

    /** Large batches compress better and make fewer requests; half of what brokers take by default in one batch. */
    private static final long BATCH_BYTES = 512 * 1024;

    /** The engine bounds what is under way itself, so this is room for batches being filled and sent. */
    private static final long BUFFER_BYTES = 64L * 1024 * 1024;

    private static final long MAX_REQUEST_BYTES = 1024 * 1024;
    /** The Java client's own default. */
    private static final long TRANSACTION_TIMEOUT_MS = 60_000;

    private static final String TRANSACTION_TIMEOUT = "transaction.timeout.ms";
    private static final String MAX_IN_FLIGHT = "max.in.flight.requests.per.connection";
    private static final int MAX_IN_FLIGHT_IDEMPOTENT = 5;

    /**
     * Puts defaults and the user's settings together.
     *
     * @param base what is known before: brokers, client id, how long a send may block
     * @param conf what the user set
     * @param earlier problems found elsewhere in the sink's settings, to be reported together
     * @throws ConfigException with all problems
     */
    static ProducerSettings resolve(Map<String, String> base, ClientConf conf, List<ConfigException.Problem> earlier) {
        Map<String, String> properties = new LinkedHashMap<>(base);
        properties.put("acks", "all");
        properties.put("retries", Integer.toString(Integer.MAX_VALUE));
        properties.put("compression.type", COMPRESSION);
        properties.put("linger.ms", Long.toString(LINGER_MS));
        properties.put("max.request.size", Long.toString(MAX_REQUEST_BYTES));
        SettingOrigins origins = new SettingOrigins();
        buffers(conf, properties, origins);
        timeouts(conf, properties, origins);
        guarantees(conf, properties, origins);
        if (base.containsKey("transactional.id")) {
            transactions(conf, properties, origins);
        }
        properties.putAll(conf.values());
        conf.values().keySet().forEach(name -> origins.written(name, conf.nameOf(name)));

        List<ConfigException.Problem> problems = new ArrayList<>(earlier);
        problems.addAll(conf.problems());
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return new ProducerSettings(
                Map.copyOf(properties),
                conf.combined(RdkafkaNames.CERTIFICATE_FILE).map(Path::of),
                conf.combined(RdkafkaNames.KEY_FILE).map(Path::of),
                List.copyOf(conf.warnings()),
                origins.explain(properties));
    }

    private static void buffers(ClientConf conf, Map<String, String> properties, SettingOrigins origins) {
        Optional<Long> buffer = conf.number("buffer.memory");
        Optional<Long> batch = conf.number("batch.size");
        if (buffer.isPresent() && batch.isPresent() && batch.get() > buffer.get()) {
            conf.problem(
                    conf.nameOf("batch.size"),
                    "is " + batch.get() + ", more than " + conf.nameOf("buffer.memory") + " = " + buffer.get()
                            + " bytes; lower it, or raise the buffer");
        }
        properties.put("buffer.memory", Long.toString(Math.max(BUFFER_BYTES, batch.orElse(0L))));
        properties.put("batch.size", Long.toString(Math.min(BATCH_BYTES, buffer.orElse(BATCH_BYTES))));
        if (batch.orElse(0L) > BUFFER_BYTES) {
            origins.derived("buffer.memory", conf.nameOf("batch.size"));
        }
        if (buffer.orElse(BATCH_BYTES) < BATCH_BYTES) {
            origins.derived("batch.size", conf.nameOf("buffer.memory"));
        }
    }

    /** The client wants the time for a record to hold the wait for company and at least one request. */
    private static void timeouts(ClientConf conf, Map<String, String> properties, SettingOrigins origins) {
        long linger = conf.number("linger.ms").orElse(LINGER_MS);
        Optional<Long> delivery = conf.number("delivery.timeout.ms");
        Optional<Long> request = conf.number("request.timeout.ms");
        if (delivery.isPresent()) {
            long left = delivery.get() - linger;
            if (left < 2 || request.orElse(0L) > left) {
                String other = request.isPresent() ? conf.nameOf("request.timeout.ms") : conf.nameOf("linger.ms");
                long otherValue = request.orElse(linger);
                conf.problem(
                        conf.nameOf("delivery.timeout.ms"),
                        "is " + delivery.get() + " ms and must be longer than " + other + " = " + otherValue
                                + " ms and linger.ms = " + linger + " ms together; raise it, or lower " + other);
                return;
            }
            // Half of it, so that a request that nobody answers leaves time for another.
            properties.put("request.timeout.ms", Long.toString(Math.min(MAX_REQUEST_TIMEOUT_MS, left / 2)));
            origins.derived("request.timeout.ms", conf.nameOf("delivery.timeout.ms"));
            return;
        }
        long requestTimeout = request.orElse(DELIVERY_TIMEOUT_MS / 2);
        properties.put("request.timeout.ms", Long.toString(requestTimeout));
        properties.put(
                "delivery.timeout.ms",
                Long.toString(Math.min(Integer.MAX_VALUE, Math.max(DELIVERY_TIMEOUT_MS, requestTimeout + linger))));
        if (requestTimeout + linger > DELIVERY_TIMEOUT_MS) {
            String longer = request.isPresent() ? "request.timeout.ms" : "linger.ms";
            origins.derived("delivery.timeout.ms", conf.nameOf(longer));
        }
    }

    /** Settles idempotence, which keeps order and uniqueness through retries, and what order needs without it. */
    private static void guarantees(ClientConf conf, Map<String, String> properties, SettingOrigins origins) {
        String acks = conf.value("acks").orElse("all");
        boolean allAcks = acks.equals("all") || acks.equals("-1");
        boolean retries = conf.number("retries").orElse(1L) != 0;
        Optional<Boolean> wanted = conf.value("enable.idempotence").map(Boolean::valueOf);
        if (acks.equals("0")) {
            conf.problem(
                    conf.nameOf("acks"),
                    "0 asks for no acknowledgement, and events would be lost without a trace; set all");
        }
        boolean idempotent = wanted.orElse(allAcks && retries);
        if (idempotent) {
            needs(conf, allAcks, "acks", "all");
            needs(conf, retries, "retries", "more than 0");
            boolean fits = conf.number(MAX_IN_FLIGHT).orElse(0L) <= MAX_IN_FLIGHT_IDEMPOTENT;
            needs(conf, fits, MAX_IN_FLIGHT, "at most " + MAX_IN_FLIGHT_IDEMPOTENT);
        } else {
            String because = wanted.isPresent() ? "enable.idempotence" : conf.nameOf(allAcks ? "retries" : "acks");
            conf.warning(because, "switches idempotence off: a retry may write an event twice");
            origins.derived("enable.idempotence", because);
            origins.derived(MAX_IN_FLIGHT, because);
            if (retries && conf.number(MAX_IN_FLIGHT).orElse(1L) > 1) {
                conf.problem(
                        conf.nameOf(MAX_IN_FLIGHT),
                        "is more than 1 while " + because + " switches idempotence off: retries would change the order "
                                + "of events; set it to 1, or remove " + because);
            }
        }
        properties.put("enable.idempotence", Boolean.toString(idempotent));
        properties.put(MAX_IN_FLIGHT, Integer.toString(idempotent ? MAX_IN_FLIGHT_IDEMPOTENT : 1));
    }

    /** A transaction must outlast the delivery of its last record, or the coordinator aborts what is still on its way. */
    private static void transactions(ClientConf conf, Map<String, String> properties, SettingOrigins origins) {
        if (!Boolean.parseBoolean(properties.get("enable.idempotence"))) {
            String because = conf.value("enable.idempotence").isPresent()
                    ? "enable.idempotence"
                    : conf.value("acks").isPresent() ? "acks" : "retries";
            conf.problem(
                    conf.nameOf(because),
                    "switches idempotence off, which exactly_once = true needs; remove one of them");
        }
        long delivery = conf.number("delivery.timeout.ms")
                .orElseGet(() -> Long.parseLong(properties.getOrDefault("delivery.timeout.ms", "0")));
        Optional<Long> timeout = conf.number(TRANSACTION_TIMEOUT);
        if (timeout.isPresent() && timeout.get() <= delivery) {
            conf.problem(
                    conf.nameOf(TRANSACTION_TIMEOUT),
                    "is " + timeout.get() + " ms and must be longer than " + conf.nameOf("delivery.timeout.ms") + " = "
                            + delivery + " ms; raise it, or lower the other");
        }
        properties.put(TRANSACTION_TIMEOUT, Long.toString(Math.max(TRANSACTION_TIMEOUT_MS, 2 * delivery)));
        if (2 * delivery > TRANSACTION_TIMEOUT_MS) {
            origins.derived(TRANSACTION_TIMEOUT, conf.nameOf("delivery.timeout.ms"));
        }
    }

    private static void needs(ClientConf conf, boolean fulfilled, String name, String need) {
        if (!fulfilled) {
            conf.problem(
                    conf.nameOf(name),
                    "must be " + need + " with enable.idempotence = true, which keeps order and uniqueness through "
                            + "retries; set it so, or remove it");
        }
    }

    /** Returns how large a record may be for the producer, in bytes. */
    int maxRecordBytes() {
        long buffer = Long.parseLong(properties.get("buffer.memory"));
        return (int) Math.min(Integer.parseInt(properties.get("max.request.size")), buffer);
    }

    /** Returns after how long a record must have been acknowledged or given up, and a request more, in milliseconds. */
    long overdueMillis() {
        return Long.parseLong(properties.get("delivery.timeout.ms"))
                + Long.parseLong(properties.get("request.timeout.ms"));
    }

    /** Returns how long the producer may block, in milliseconds. */
    long maxBlockMillis() {
        return Long.parseLong(properties.get("max.block.ms"));
    }

    /** Names the settings without their values, some of which are secrets. */
    @Override
    public String toString() {
        return "producer settings " + properties.keySet();
    }
}
