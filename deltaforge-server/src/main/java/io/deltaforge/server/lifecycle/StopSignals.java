package io.deltaforge.server.lifecycle;

import static java.util.Objects.requireNonNull;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns the signals that end a process into an orderly stop, and a second one into an immediate end. A shutdown hook could do
 * neither: the exit code of a process that was sent a signal would not be 0, and a second signal would be lost.
 */
public final class StopSignals {

    private static final Logger LOG = LoggerFactory.getLogger(StopSignals.class);
    /** Signals with the exit code that shells give to a process that one of them ended: 128 and its number. */
    private static final Map<String, Integer> FORCED = Map.of("HUP", 129, "INT", 130, "TERM", 143);

    /** A signal to a process and its group arrives twice at once; that is one request, not an impatient second one. */
    private static final long SAME_REQUEST_NANOS = 500_000_000;

    private final Runnable stop;
    private long firstAt;

    private StopSignals(Runnable stop) {
        this.stop = stop;
    }

    /**
     * Listens to SIGHUP, SIGINT and SIGTERM from now on.
     *
     * @param stop called once, on a thread of the JVM; must return soon
     */
    public static void call(Runnable stop) {
        StopSignals signals = new StopSignals(requireNonNull(stop, "stop is null"));
        FORCED.keySet().forEach(signals::listen);
    }

    /**
     * {@code sun.misc.Signal} is exported and supported by the module {@code jdk.unsupported}; only its name draws a compiler
     * warning that cannot be switched off.
     */
    private void listen(String name) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> receiver = Class.forName("sun.misc.SignalHandler");
            InvocationHandler onSignal = (proxy, method, arguments) -> answer(name, proxy, method, arguments);
            Object proxy = Proxy.newProxyInstance(receiver.getClassLoader(), new Class<?>[] {receiver}, onSignal);
            signal.getMethod("handle", signal, receiver)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            LOG.debug("SIG{} cannot be listened to: {}", name, e.toString());
        }
    }

    private Object answer(String name, Object proxy, Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "handle" -> {
                receive(name);
                yield null;
            }
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> "StopSignals";
        };
    }

    private synchronized void receive(String name) {
        long now = System.nanoTime();
        if (firstAt == 0) {
            firstAt = now;
            LOG.info("SIG{} received", name);
            stop.run();
        } else if (now - firstAt > SAME_REQUEST_NANOS) {
            LOG.warn("SIG{} received again: ending at once; what is not acknowledged is delivered again", name);
            Runtime.getRuntime().halt(FORCED.get(name));
        }
    }
}
