package plugin.probe;

import io.deltaforge.api.checkpoint.CheckpointStore;
import io.deltaforge.api.checkpoint.CheckpointStoreFactory;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.Settings;
import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.processor.Processor;
import io.deltaforge.api.processor.ProcessorFactory;
import io.deltaforge.api.sink.Sink;
import io.deltaforge.api.sink.SinkContext;
import io.deltaforge.api.sink.SinkFactory;
import io.deltaforge.api.sink.TransactionalSink;
import io.deltaforge.api.source.Attachment;
import io.deltaforge.api.source.EventReceiver;
import io.deltaforge.api.source.PositionOrder;
import io.deltaforge.api.source.Source;
import io.deltaforge.api.source.SourceContext;
import io.deltaforge.api.source.SourceFactory;
import io.deltaforge.api.source.SourceIdentity;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.LoggerFactory;

/** Fails every call that is not made in the plugin's own context; tells who can be seen from here. */
public final class Probe {

    private Probe() {}

    static <T> T inContext(T value) {
        ClassLoader own = Probe.class.getClassLoader();
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        if (context != own) {
            throw new IllegalStateException("called in the context of " + context + ", expected " + own);
        }
        return value;
    }

    static boolean sees(String className) {
        try {
            Class.forName(className);
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    /** A place without content. */
    public record Here() implements SourcePosition {
        @Override
        public byte[] toBytes() {
            return new byte[] {1};
        }
    }

    /** Makes a sink. */
    public static final class OfSinks implements SinkFactory {
        public OfSinks() {
            inContext(null);
        }

        @Override
        public String type() {
            return inContext("probe");
        }

        @Override
        public ConfigSpec config() {
            return inContext(ConfigSpec.of("Looks around."));
        }

        @Override
        public Sink create(Settings settings, SinkContext context) {
            context.metrics().with(Map.of("a", "b")).gauge("probe", "Calls back.", () -> inContext(7.0));
            return inContext(new TransactionalSink() {
                @Override
                public void open() {
                    inContext(null);
                }

                @Override
                public Optional<byte[]> committedPosition() {
                    return inContext(Optional.of(new byte[] {1, 2}));
                }

                @Override
                public CompletionStage<Void> deliver(EventBatch batch) {
                    inContext(null);
                    if (batch.events().isEmpty()) {
                        throw new DeliveryException(ErrorKind.RETRIABLE, "EMPTY", "nothing came", null);
                    }
                    return CompletableFuture.completedFuture(null);
                }

                @Override
                public void close() {
                    inContext(null);
                }

                @Override
                public String toString() {
                    return inContext("logs through "
                            + LoggerFactory.getILoggerFactory().getClass().getName()
                            + ", sees the engine: " + sees("io.deltaforge.core.Pipeline")
                            + ", the server: " + sees("io.deltaforge.server.Main")
                            + ", Guava: " + sees("com.google.common.base.Objects")
                            + ", JDBC: " + sees("java.sql.Driver"));
                }
            });
        }
    }

    /** Makes a source. */
    public static final class OfSources implements SourceFactory {
        @Override
        public String type() {
            return inContext("probe");
        }

        @Override
        public ConfigSpec config() {
            return inContext(ConfigSpec.of("Looks around."));
        }

        @Override
        public Source create(Settings settings, SourceContext context) {
            context.metrics().gauge("probe", "Calls back.", () -> inContext(8.0));
            return inContext(new Source() {
                @Override
                public SourceIdentity open() {
                    return inContext(new SourceIdentity("probe", "nothing"));
                }

                @Override
                public SourcePosition attach(Attachment attachment) {
                    return inContext(new Here());
                }

                @Override
                public PositionOrder positions() {
                    return inContext(new Order());
                }

                @Override
                public void run(SourcePosition from, EventReceiver receiver) throws InterruptedException {
                    inContext(null);
                    receiver.idle(from);
                    throw new InterruptedException("enough");
                }

                @Override
                public void release(SourcePosition upTo) {
                    inContext(null);
                }

                @Override
                public void stop() {
                    inContext(null);
                }

                @Override
                public void close() {
                    inContext(null);
                }
            });
        }
    }

    private static final class Order implements PositionOrder {
        @Override
        public SourcePosition parse(byte[] bytes) {
            return inContext(new Here());
        }

        @Override
        public boolean covers(SourcePosition cursor, SourcePosition position) {
            return inContext(cursor.equals(position));
        }

        @Override
        public SourcePosition restart(Collection<SourcePosition> cursors) {
            return inContext(new Here());
        }
    }

    /** Makes a processor. */
    public static final class OfProcessors implements ProcessorFactory {
        @Override
        public String type() {
            return inContext("probe");
        }

        @Override
        public ConfigSpec config() {
            return inContext(ConfigSpec.of("Looks around."));
        }

        @Override
        public Processor create(Settings settings) {
            return inContext(new Processor() {
                @Override
                public List<ChangeEvent> process(List<ChangeEvent> events) {
                    return inContext(events);
                }

                @Override
                public void close() {
                    inContext(null);
                }
            });
        }
    }

    /** Makes a store. */
    public static final class OfStores implements CheckpointStoreFactory {
        @Override
        public String type() {
            return inContext("probe");
        }

        @Override
        public ConfigSpec config() {
            return inContext(ConfigSpec.of("Looks around."));
        }

        @Override
        public CheckpointStore create(Settings settings, Path dataDirectory) {
            return inContext(new CheckpointStore() {
                @Override
                public void open() {
                    inContext(null);
                }

                @Override
                public Map<String, byte[]> load(String pipeline) {
                    return inContext(Map.of(pipeline, new byte[0]));
                }

                @Override
                public void save(String pipeline, Map<String, byte[]> entries) {
                    inContext(null);
                }

                @Override
                public void delete(String pipeline, Set<String> keys) {
                    inContext(null);
                }

                @Override
                public void close() {
                    inContext(null);
                }
            });
        }
    }
}
