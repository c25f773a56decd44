package plugin.old;

import com.google.common.base.Objects;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.Settings;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.sink.Sink;
import io.deltaforge.api.sink.SinkContext;
import io.deltaforge.api.sink.SinkFactory;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.utils.AppInfoParser;

/** A sink over libraries that the program has in versions that it would not run with. */
public final class OldLibraries implements SinkFactory {

    @Override
    public String type() {
        return "old-libraries";
    }

    @Override
    public ConfigSpec config() {
        return ConfigSpec.of("Says which libraries it runs with.");
    }

    @Override
    public Sink create(Settings settings, SinkContext context) {
        return new Sink() {
            private String seen = "nothing yet";

            /** Kafka looks the serializers up in the context class loader. */
            @Override
            public void open() {
                Map<String, Object> conf = Map.of(
                        "bootstrap.servers", "127.0.0.1:1",
                        "key.serializer", "org.apache.kafka.common.serialization.ByteArraySerializer",
                        "value.serializer", "org.apache.kafka.common.serialization.ByteArraySerializer");
                try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(conf)) {
                    producer.close(Duration.ZERO);
                }
            }

            /** What is called here is no longer in newer versions of Guava. */
            @Override
            public CompletionStage<Void> deliver(EventBatch batch) {
                seen = Objects.firstNonNull(AppInfoParser.getVersion(), "unknown");
                return CompletableFuture.completedFuture(null);
            }

            @Override
            public void close() {}

            @Override
            public String toString() {
                return "kafka-clients " + seen;
            }
        };
    }
}
