package io.deltaforge.sink.kafka;

import io.deltaforge.api.check.CheckReport;
import io.deltaforge.api.config.ConfigField;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.EffectiveSetting;
import io.deltaforge.api.config.Settings;
import io.deltaforge.api.error.ConfigException;
import io.deltaforge.api.error.ConfigException.Problem;
import io.deltaforge.api.sink.Sink;
import io.deltaforge.api.sink.SinkContext;
import io.deltaforge.api.sink.SinkFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes sinks of type {@code kafka}. Safe from any thread. */
public final class KafkaSinkFactory implements SinkFactory {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaSinkFactory.class);

    private static final String BROKERS = "brokers";
    private static final String TOPIC = "topic";
    private static final String KEY = "key";
    private static final String EXACTLY_ONCE = "exactly_once";
    private static final String SEND_TIMEOUT = "send_timeout_secs";
    private static final String CLIENT_CONF = "client_conf";

    private static final ConfigSpec SPEC = ConfigSpec.of(
                    "Publishes events to Kafka topics.",
                    ConfigField.text(
                                    BROKERS, "Where the brokers listen: host:port, separated by commas; one is enough.")
                            .withRequired()
                            .withExample("\"broker1:9092,broker2:9092\""),
                    ConfigField.text(
                                    TOPIC,
                                    "The topic, or a template for its name such as shop.${source.table}, filled in per"
                                            + " event.")
                            .withRequired()
                            .withExample("\"shop.${source.table}\""),
                    ConfigField.text(
                                    KEY,
                                    "A template for the record's key; by default the primary key as JSON, which keeps"
                                            + " the order of each row. A field that an event lacks gives the empty"
                                            + " key.")
                            .withExample("\"${after.customer_id}\""),
                    ConfigField.bool(
                                    EXACTLY_ONCE,
                                    "Whether events and position are written in one Kafka transaction, so that readers"
                                            + " of committed records see each event once.")
                            .withDefault(false),
                    ConfigField.integer(
                                    SEND_TIMEOUT,
                                    "How long a record waits for room in the producer and for its topic to be known.")
                            .withDefault(30)
                            .withRange(1, 3_600),
                    TopicCreation.field(),
                    ConfigField.textMap(
                                    CLIENT_CONF,
                                    "Settings of the producer, under the names of the Java client or of librdkafka;"
                                            + " applied last.")
                            .withExample("{ compression.type = zstd }"))
            .withSince("0.1.0");

    /** Sinks whose warnings were given: one is made again after each failure. */
    private final Set<String> warned = ConcurrentHashMap.newKeySet();

    /** Makes a factory; called by {@link java.util.ServiceLoader}. */
    public KafkaSinkFactory() {}

    @Override
    public String type() {
        return "kafka";
    }

    @Override
    public ConfigSpec config() {
        return SPEC;
    }

    @Override
    public Sink create(Settings settings, SinkContext context) {
        SinkOptions options = options(settings, context);
        List<String> warnings = options.client().warnings();
        if (!warnings.isEmpty() && warned.add(context.pipeline() + "/" + context.sink())) {
            warnings.forEach(
                    warning -> LOG.warn("Pipeline {}, sink {}: {}", context.pipeline(), context.sink(), warning));
        }
        BrokerConnector connector = new BrokerConnector(options);
        if (!options.exactlyOnce()) {
            return new KafkaSink(context, options, connector);
        }
        return new ExactlyOnceSink(
                context,
                options,
                new FencingConnector(context, connector, options.client().maxBlockMillis()));
    }

    @Override
    public void check(Settings settings, SinkContext context, CheckReport report) throws InterruptedException {
        SinkOptions options = options(settings, context);
        boolean fixed = context.router(options.topic()).isStatic();
        KafkaCheck.run(options, fixed ? Optional.of(options.topic()) : Optional.empty(), report);
    }

    @Override
    public List<EffectiveSetting> explain(Settings settings, SinkContext context) {
        return options(settings, context).client().explained();
    }

    static SinkOptions options(Settings settings, SinkContext context) {
        List<Problem> problems = new ArrayList<>();
        String brokers = settings.string(BROKERS);
        problems.addAll(BrokerList.problems(settings.path(BROKERS), brokers));
        checkTemplate(settings, TOPIC, context, problems);
        checkTemplate(settings, KEY, context, problems);
        boolean exactlyOnce = settings.bool(EXACTLY_ONCE);
        String name = "deltaforge-" + context.pipeline() + "-" + context.sink();
        Map<String, String> base = new LinkedHashMap<>();
        base.put("bootstrap.servers", brokers);
        base.put("client.id", name);
        base.put("max.block.ms", Long.toString(TimeUnit.SECONDS.toMillis(settings.integer(SEND_TIMEOUT))));
        if (exactlyOnce) {
            // The same after every restart: that is what fences the producer before.
            base.put("transactional.id", name);
        }
        ClientConf conf = ClientConf.read(settings.path(CLIENT_CONF), settings.stringMap(CLIENT_CONF), exactlyOnce);
        ProducerSettings client = ProducerSettings.resolve(base, conf, problems);
        return new SinkOptions(
                brokers,
                settings.string(TOPIC),
                settings.optionalString(KEY),
                exactlyOnce,
                TopicCreation.of(settings),
                client);
    }

    private static void checkTemplate(Settings settings, String name, SinkContext context, List<Problem> problems) {
        settings.optionalString(name).ifPresent(template -> {
            try {
                boolean isName = context.router(template).isStatic() && name.equals(TOPIC);
                String fault = isName ? TopicNames.fault(template) : null;
                if (fault != null) {
                    problems.add(new Problem(settings.path(name), "'" + template + "' cannot name a topic: " + fault));
                }
            } catch (ConfigException e) {
                e.problems()
                        .forEach(problem -> problems.add(new Problem(
                                settings.path(name), problem.code(), problem.message(), problem.suggestion())));
            }
        });
    }
}
