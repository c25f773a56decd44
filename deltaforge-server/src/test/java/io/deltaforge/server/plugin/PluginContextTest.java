package io.deltaforge.server.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaforge.api.checkpoint.CheckpointStore;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.Settings;
import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.metrics.MetricScope;
import io.deltaforge.api.processor.Processor;
import io.deltaforge.api.sink.Sink;
import io.deltaforge.api.sink.SinkFactory;
import io.deltaforge.api.sink.TransactionalSink;
import io.deltaforge.api.source.Attachment;
import io.deltaforge.api.source.EventReceiver;
import io.deltaforge.api.source.PositionOrder;
import io.deltaforge.api.source.Source;
import io.deltaforge.testkit.context.TestSettings;
import io.deltaforge.testkit.context.TestSinkContext;
import io.deltaforge.testkit.context.TestSourceContext;
import io.deltaforge.testkit.event.Events;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Calls everything that a plugin has; the plugin fails whatever is called in another context than its own. */
class PluginContextTest {

    private static final Settings NO_SETTINGS = TestSettings.of(ConfigSpec.of("Nothing."), Map.of());
    private static final EventBatch BATCH = Events.batch(
            1, Events.transaction(1).create(Events.ORDERS, 1L, "tea").events());

    @TempDir
    private Path plugins;

    private final ClassLoader before = Thread.currentThread().getContextClassLoader();
    private final List<DoubleSupplier> gauges = new ArrayList<>();

    @BeforeEach
    void buildTheProbe() throws IOException {
        new BuiltPlugin("probe")
                .sourceOf("Probe")
                .registers(PluginKind.SOURCE, "plugin.probe.Probe$OfSources")
                .registers(PluginKind.PROCESSOR, "plugin.probe.Probe$OfProcessors")
                .registers(PluginKind.SINK, "plugin.probe.Probe$OfSinks")
                .registers(PluginKind.CHECKPOINT, "plugin.probe.Probe$OfStores")
                .into(plugins);
    }

    @AfterEach
    void shouldHaveGivenTheThreadBackAsItWas() {
        assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
    }

    private Plugins found() {
        Plugins found = Plugins.find(Optional.of(plugins));
        assertThat(found.problems()).isEmpty();
        return found;
    }

    /** The context, with metrics that keep their gauges. */
    private <C> C keepingGauges(Class<C> type, Object context) {
        MetricScope scope = (MetricScope) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {MetricScope.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("gauge")) {
                        gauges.add((DoubleSupplier) arguments[2]);
                        return null;
                    }
                    return method.getName().equals("with") ? proxy : method.invoke(MetricScope.none(), arguments);
                });
        return type.cast(Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) ->
                        method.getName().equals("metrics") ? scope : method.invoke(context, arguments)));
    }

    private Sink sink() {
        SinkFactory factory = found().sinks().get("probe");
        assertThat(factory.type()).isEqualTo("probe");
        assertThat(factory.config().doc()).isEqualTo("Looks around.");
        return factory.create(
                NO_SETTINGS, keepingGauges(io.deltaforge.api.sink.SinkContext.class, new TestSinkContext()));
    }

    @Test
    void shouldCallASinkInItsContext() {
        Sink sink = sink();
        sink.open();
        assertThat(sink.deliver(BATCH)).isCompleted();
        assertThat(Set.of(sink, sink())).hasSize(2).contains(sink);
        sink.close();
        assertThat(gauges.get(0).getAsDouble()).isEqualTo(7.0);
    }

    @Test
    void shouldKeepWhatASinkCanDo() {
        assertThat(sink()).isInstanceOfSatisfying(TransactionalSink.class, sink -> assertThat(sink.committedPosition())
                .hasValueSatisfying(bytes -> assertThat(bytes).containsExactly(1, 2)));
    }

    @Test
    void shouldPassAFailureOnAsItIs() {
        Sink sink = sink();
        assertThatThrownBy(() -> sink.deliver(new EventBatch(1, List.of(), BATCH.end())))
                .isInstanceOfSatisfying(DeliveryException.class, failure -> assertThat(failure.reason())
                        .isEqualTo("EMPTY"));
    }

    @Test
    void shouldShowAPluginTheApiLoggingAndTheJdkAndNothingElse() {
        assertThat(sink())
                .hasToString("logs through "
                        + LoggerFactory.getILoggerFactory().getClass().getName()
                        + ", sees the engine: false, the server: false, Guava: false, JDBC: true");
    }

    @Test
    void shouldCallASourceInItsContext() {
        Source source = found().sources()
                .get("probe")
                .create(
                        NO_SETTINGS,
                        keepingGauges(
                                io.deltaforge.api.source.SourceContext.class, new TestSourceContext("conformance")));
        assertThat(source.open().id()).isEqualTo("probe");
        SourcePosition here = source.attach(Attachment.NEW);
        PositionOrder order = source.positions();
        assertThat(order.covers(order.restart(List.of(here)), order.parse(here.toBytes())))
                .isTrue();
        List<SourcePosition> idle = new ArrayList<>();
        EventReceiver receiver = (EventReceiver) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {EventReceiver.class}, (proxy, method, arguments) -> {
                    idle.add((SourcePosition) arguments[0]);
                    return null;
                });
        assertThatThrownBy(() -> source.run(here, receiver)).isInstanceOf(InterruptedException.class);
        assertThat(idle).containsExactly(here);
        source.release(here);
        source.stop();
        source.close();
        assertThat(gauges.get(0).getAsDouble()).isEqualTo(8.0);
    }

    @Test
    void shouldCallAProcessorInItsContext() {
        Processor processor = found().processors().get("probe").create(NO_SETTINGS);
        assertThat(processor.process(BATCH.events())).isSameAs(BATCH.events());
        processor.close();
    }

    @Test
    void shouldCallACheckpointStoreInItsContext() {
        CheckpointStore store = found().stores().get("probe").create(NO_SETTINGS, plugins);
        store.open();
        store.save("shop", Map.of());
        assertThat(store.load("shop")).containsOnlyKeys("shop");
        store.delete("shop", Set.of());
        store.close();
    }

    @Test
    void shouldRunAPluginThatBringsOtherVersionsOfOurLibraries() throws IOException {
        new BuiltPlugin("old-libraries")
                .sourceOf("OldLibraries")
                .registers(PluginKind.SINK, "plugin.old.OldLibraries")
                .brings("guava.jar")
                .brings("kafka-clients.jar")
                .into(plugins);
        Sink sink = found().sinks().get("old-libraries").create(NO_SETTINGS, new TestSinkContext());
        sink.open();
        assertThat(sink.deliver(BATCH)).isCompleted();
        assertThat(sink).hasToString("kafka-clients 3.4.1");
        sink.close();
    }
}
