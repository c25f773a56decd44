package io.deltaforge.e2e.quickstart;

import io.deltaforge.sandbox.KafkaBroker;
import io.deltaforge.sandbox.PostgresServer;
import io.deltaforge.sandbox.SandboxException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** The PostgreSQL server with the empty shop and the Kafka broker with a topic per table. */
final class ShopServers implements AutoCloseable {
    /** Of each topic. More than one, to see that the order of a row's changes does not depend on it. */
    static final int PARTITIONS = 3;

    /** The replication slot that {@code quickstart.conf} names. */
    private static final String SLOT = "deltaforge_shop";

    private static final String DATABASE = "shop";
    private static final int ADMIN_TIMEOUT_S = 30;

    private final PostgresServer postgres;
    private final KafkaBroker kafka;

    private ShopServers(PostgresServer postgres, KafkaBroker kafka) {
        this.postgres = postgres;
        this.kafka = kafka;
    }

    /**
     * Starts both servers at the same time and makes the schema and the topics; blocks until they are ready.
     *
     * @throws SandboxException if one does not start
     */
    static ShopServers start(Screen screen) throws IOException {
        long started = System.nanoTime();
        CompletableFuture<KafkaBroker> kafka =
                CompletableFuture.supplyAsync(() -> KafkaBroker.builder().start());
        PostgresServer postgres = null;
        try {
            postgres = PostgresServer.builder().start();
            screen.line(screen.ready("PostgreSQL", postgres.host() + ":" + postgres.port(), started));
            KafkaBroker broker = kafka.join();
            screen.line(screen.ready("Kafka", broker.bootstrapServers(), started));
            ShopServers servers = new ShopServers(postgres, broker);
            servers.createShop();
            servers.createTopics();
            return servers;
        } catch (CompletionException | SandboxException e) {
            if (postgres != null) {
                postgres.close();
            }
            CompletableFuture<Void> unused = kafka.thenAccept(KafkaBroker::close);
            throw e.getCause() instanceof SandboxException cause ? cause : new SandboxException(e.getMessage(), e);
        }
    }

    /** Returns the connection URI of the shop's database, password included. */
    String dsn() {
        return postgres.dsn(DATABASE);
    }

    /** Returns the address of the broker. */
    String brokers() {
        return kafka.bootstrapServers();
    }

    ShopDatabase openShop() throws SQLException {
        return new ShopDatabase(postgres.connect(DATABASE));
    }

    /** Tells whether somebody reads the pipeline's replication slot: from then on nothing can be missed. */
    boolean isStreaming() {
        try (Connection connection = postgres.connect(DATABASE);
                PreparedStatement select = connection.prepareStatement(
                        "SELECT count(*) FROM pg_replication_slots WHERE slot_name = ? AND active")) {
            select.setString(1, SLOT);
            try (ResultSet result = select.executeQuery()) {
                return result.next() && result.getLong(1) == 1;
            }
        } catch (SQLException e) {
            throw new SandboxException("cannot look at the replication slot: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        kafka.close();
        postgres.close();
    }

    private void createShop() throws IOException {
        postgres.createDatabase(DATABASE);
        try (InputStream script = ShopServers.class.getResourceAsStream("shop.sql")) {
            postgres.executeIn(DATABASE, new String(script.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private void createTopics() {
        List<NewTopic> topics = Stream.of(ShopTable.values())
                .map(table -> new NewTopic(table.topic(), PARTITIONS, (short) 1))
                .toList();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers()))) {
            admin.createTopics(topics).all().get(ADMIN_TIMEOUT_S, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new SandboxException("cannot create the topics: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException("interrupted while creating the topics", e);
        }
    }
}
