package io.deltaforge.server.http;

import static java.util.Objects.requireNonNull;

import io.deltaforge.server.supervisor.Pipelines;
import io.deltaforge.server.supervisor.TapBuffer;
import io.javalin.http.Context;
import java.util.concurrent.Semaphore;

/** Shows the events of pipelines as they pass, to a few at a time. Safe from any thread; blocks while somebody looks on. */
public final class TapPages implements AutoCloseable {

    private static final int MOST = 4;
    private static final int DEFAULT_RATE = 100;
    private static final int MOST_RATE = 10_000;
    private static final int MOST_EVENTS = 1_000_000;

    private final Pipelines pipelines;
    private final Semaphore free = new Semaphore(MOST);
    private volatile boolean closed;

    /**
     * Makes the page.
     *
     * @param pipelines what there is to look at
     */
    public TapPages(Pipelines pipelines) {
        this.pipelines = requireNonNull(pipelines, "pipelines is null");
    }

    void stream(Context request) throws InterruptedException {
        String name = request.pathParam("name");
        TapFilter filter = TapFilter.of(request.queryParam("table"), request.queryParam("op"));
        long limit = Numbers.query(request, "limit", Long.MAX_VALUE, 1, MOST_EVENTS);
        long rate = Numbers.query(request, "rate", DEFAULT_RATE, 1, MOST_RATE);
        if (!free.tryAcquire()) {
            throw new ProblemException(429, "TOO_MANY_TAPS", MOST + " are looking on already; end one of them");
        }
        TapBuffer buffer = new TapBuffer();
        try {
            Runnable end = pipelines
                    .tap(name, buffer)
                    .orElseThrow(() ->
                            new ProblemException(404, "PIPELINE_NOT_FOUND", "there is no pipeline '" + name + "'"));
            try {
                new TapStream(request.res(), name, filter, rate).write(buffer, limit, () -> closed);
            } finally {
                end.run();
            }
        } finally {
            free.release();
        }
    }

    /** Ends every look. */
    @Override
    public void close() {
        closed = true;
    }
}
