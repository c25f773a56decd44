package io.deltaforge.server.plugin;

import io.deltaforge.api.checkpoint.CheckpointStore;
import io.deltaforge.api.metrics.MetricScope;
import io.deltaforge.api.processor.Processor;
import io.deltaforge.api.sink.Sink;
import io.deltaforge.api.sink.SinkContext;
import io.deltaforge.api.sink.SinkFactory;
import io.deltaforge.api.source.PositionOrder;
import io.deltaforge.api.source.Source;
import io.deltaforge.api.source.SourceContext;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Calls one object of a plugin with the plugin's class loader as the thread's context class loader, because libraries look
 * their parts up there. Whatever the object makes is called in the same way, and so is what it registers to be called
 * back. Events, rows and the receiver of a source are passed on as they are: nothing is added per event.
 *
 * <p>A proxy rather than a wrapper per interface, because an interface more is how a plugin says that it can do more
 * ({@link io.deltaforge.api.sink.TransactionalSink}), and a wrapper would hide those that it does not know.
 */
final class PluginContext implements InvocationHandler {

    private static final ClassLoader API = SinkFactory.class.getClassLoader();

    private final ClassLoader loader;
    private final Object target;

    private PluginContext(ClassLoader loader, Object target) {
        this.loader = loader;
        this.target = target;
    }

    /** Returns an object that implements every interface of the API that the target implements. */
    static Object of(ClassLoader loader, Object target) {
        Set<Class<?>> interfaces = new LinkedHashSet<>();
        for (Class<?> type = target.getClass(); type != null; type = type.getSuperclass()) {
            collect(type, interfaces);
        }
        return Proxy.newProxyInstance(API, interfaces.toArray(Class<?>[]::new), new PluginContext(loader, target));
    }

    private static void collect(Class<?> type, Set<Class<?>> interfaces) {
        for (Class<?> candidate : type.getInterfaces()) {
            if (candidate.getName().startsWith("io.deltaforge.api.")) {
                interfaces.add(candidate);
            }
            collect(candidate, interfaces);
        }
    }

    /** What a call into a plugin gives. */
    @FunctionalInterface
    interface Call<T, E extends Throwable> {
        T make() throws E;
    }

    /** Makes a call with a context class loader. */
    static <T, E extends Throwable> T within(ClassLoader loader, Call<T, E> call) throws E {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            return call.make();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        if (method.getName().equals("equals") && method.getDeclaringClass() == Object.class) {
            return proxy == arguments[0];
        }
        Object[] given = arguments == null ? new Object[0] : arguments.clone();
        for (int i = 0; i < given.length; i++) {
            if (given[i] instanceof SinkContext || given[i] instanceof SourceContext) {
                given[i] = offering(given[i]);
            }
        }
        return made(within(loader, () -> pass(target, method, given)));
    }

    private static Object pass(Object to, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(to, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private Object made(Object result) {
        boolean live = result instanceof Source
                || result instanceof Sink
                || result instanceof Processor
                || result instanceof CheckpointStore
                || result instanceof PositionOrder;
        return live ? of(loader, result) : result;
    }

    /** What the engine offers, with metrics that call the plugin back as they should. */
    private Object offering(Object context) {
        Class<?> type = context instanceof SinkContext ? SinkContext.class : SourceContext.class;
        return Proxy.newProxyInstance(API, new Class<?>[] {type}, (proxy, method, arguments) -> {
            Object result = pass(context, method, arguments);
            return result instanceof MetricScope scope ? new PluginMetrics(scope, loader) : result;
        });
    }
}
