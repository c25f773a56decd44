package io.deltaforge.testkit.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaforge.api.error.SourceException;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.source.Attachment;
import io.deltaforge.api.source.Source;
import io.deltaforge.api.source.SourceIdentity;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/** Drives one source the way the engine does: everything but release and stop on one thread of its own. */
final class Reader implements AutoCloseable {

    private final Source source;
    private final Duration limit;
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(run -> new Thread(run, "conformance-reader"));
    private final Recording recording = new Recording();
    private CompletableFuture<Void> running;

    Reader(Source source, Duration limit) {
        this.source = source;
        this.limit = limit;
    }

    Source source() {
        return source;
    }

    Recording recording() {
        return recording;
    }

    SourceIdentity open() throws Exception {
        return call("open", source::open);
    }

    SourcePosition attach(Attachment attachment) throws Exception {
        return call("attach", () -> source.attach(attachment));
    }

    private <T> T call(String what, Callable<T> method) throws Exception {
        try {
            return thread.submit(method).get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SourceException failure) {
                throw failure;
            }
            throw new AssertionError(what + " failed with something else than a SourceException", e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError(what + " did not return within " + limit, e);
        }
    }

    void start(SourcePosition from) {
        CompletableFuture<Void> end = new CompletableFuture<>();
        running = end;
        thread.execute(() -> {
            try {
                source.run(from, recording);
                end.complete(null);
            } catch (Throwable e) {
                end.completeExceptionally(e);
            }
        });
    }

    /** Waits for a condition; fails with the source's own failure if it ends meanwhile. */
    void await(String what, Predicate<Recording> condition) throws Exception {
        boolean met = recording.await(now -> condition.test(now) || running.isDone(), limit.toNanos());
        if (running.isDone() && !condition.test(recording)) {
            running.get();
            throw new AssertionError("the source ended by itself before " + what);
        }
        assertThat(met)
                .as(
                        "%s within %s; so far %d events, %s",
                        what, limit, recording.events().size(), recording.logEnd())
                .isTrue();
    }

    void awaitEvents(int count) throws Exception {
        await(count + " events and their commits", now -> now.events().size() >= count && now.isBetweenTransactions());
    }

    /** The failure that ends the run. */
    Throwable awaitFailure() throws Exception {
        try {
            running.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            return e.getCause();
        } catch (TimeoutException e) {
            throw new AssertionError("run neither failed nor ended within " + limit, e);
        }
        throw new AssertionError("run ended without a failure");
    }

    /** Stops a running source and waits until it has returned. */
    void stop() throws Exception {
        source.stop();
        try {
            running.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("run did not return within " + limit + " of stop", e);
        }
    }

    @Override
    public void close() {
        finish();
    }

    /** As {@link #close}; idempotent, for use within the life of the resource. */
    void finish() {
        if (thread.isShutdown()) {
            return;
        }
        try {
            if (running != null && !running.isDone()) {
                source.stop();
                running.exceptionally(error -> null).get(limit.toNanos(), TimeUnit.NANOSECONDS);
            }
            call("close", () -> {
                source.close();
                return true;
            });
        } catch (Exception e) {
            throw new AssertionError("closing a source failed", e);
        } finally {
            thread.shutdownNow();
        }
    }
}
