import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** java -cp 'kafka-clients and its dependencies' Orders.java localhost:9092 shop.orders */
public class Orders {

    public static void main(String[] args) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", args[0],
                "group.id", "orders-java",
                "auto.offset.reset", "earliest",
                "enable.auto.commit", false,
                "isolation.level", "read_committed"); // with exactly_once; harmless without
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(args[1]));
            while (true) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofSeconds(1))) {
                    // The same for the same change, however often it is delivered: remember it to drop repetitions.
                    String id = new String(record.headers().lastHeader("df-event-id").value(), UTF_8);
                    System.out.println(id + " " + record.key() + " " + record.value());
                }
                consumer.commitSync(); // behind the work, so that nothing is skipped
            }
        }
    }
}
