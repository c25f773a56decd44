package io.deltaforge.server.fakes;

import io.deltaforge.api.config.ConfigField;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.Settings;
import io.deltaforge.api.encode.EventRouter;
import io.deltaforge.api.error.ConfigException;
import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.sink.DeadLetters;
import io.deltaforge.api.sink.Sink;
import io.deltaforge.api.sink.SinkContext;
import io.deltaforge.api.sink.SinkFactory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Writes a line per batch that it acknowledges, and in it the row of each event. */
public final class LedgerFile implements SinkFactory {

    @Override
    public String type() {
        return "ledger";
    }

    @Override
    public ConfigSpec config() {
        return ConfigSpec.of(
                "A file.",
                ConfigField.text("file", "Where the ledger is.").withRequired(),
                ConfigField.text("topic", "A template.").withDefault("t"),
                ConfigField.integer("delay_ms", "How long an acknowledgement takes.")
                        .withDefault(0)
                        .withRange(0, 10_000),
                ConfigField.bool("broken", "Whether every delivery fails for good.")
                        .withDefault(false),
                ConfigField.integer("refuse", "A row that is put aside unless its note is mended.")
                        .withDefault(-1),
                ConfigField.textMap("client_conf", "Anything, possibly secret."));
    }

    @Override
    public Sink create(Settings settings, SinkContext context) {
        EventRouter router = context.router(settings.string("topic"));
        if (settings.stringMap("client_conf").containsKey("forbidden")) {
            throw new ConfigException(settings.path("client_conf"), "forbidden is not allowed");
        }
        Ledger ledger = new Ledger(
                Path.of(settings.string("file")), settings.integer("delay_ms"), settings.bool("broken"), router);
        ledger.refused = settings.integer("refuse");
        ledger.deadLetters = context.deadLetters();
        return ledger;
    }

    private static final class Ledger implements Sink {
        private final Path file;
        private final Executor later;
        private final boolean broken;
        private final EventRouter router;
        private long refused = -1;
        private DeadLetters deadLetters;
        private FileChannel channel;

        Ledger(Path file, long delayMs, boolean broken, EventRouter router) {
            this.file = file;
            this.later = CompletableFuture.delayedExecutor(delayMs, TimeUnit.MILLISECONDS, Runnable::run);
            this.broken = broken;
            this.router = router;
        }

        @Override
        public void open() {
            try {
                channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw failure(ErrorKind.RETRIABLE, e);
            }
        }

        @Override
        public CompletionStage<Void> deliver(EventBatch batch) {
            if (broken) {
                return CompletableFuture.failedFuture(failure(ErrorKind.FATAL, null));
            }
            StringBuilder line = new StringBuilder();
            for (ChangeEvent event : batch.events()) {
                if (event.after().value(0).equals(refused)
                        && !"mended".equals(event.after().value(1))) {
                    deadLetters.put(event, new DeliveryException(ErrorKind.RECORD, "REFUSED", "not this row", null));
                } else {
                    line.append(router.route(event))
                            .append('/')
                            .append(event.after().value(0))
                            .append(' ');
                }
            }
            CompletableFuture<Void> acknowledged = new CompletableFuture<>();
            later.execute(() -> {
                try {
                    synchronized (this) {
                        channel.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
                    }
                    acknowledged.complete(null);
                } catch (IOException e) {
                    acknowledged.completeExceptionally(failure(ErrorKind.RETRIABLE, e));
                }
            });
            return acknowledged;
        }

        private static DeliveryException failure(ErrorKind kind, Throwable cause) {
            return new DeliveryException(kind, "LEDGER", "the ledger cannot be written", cause);
        }

        @Override
        public void close() {
            try {
                if (channel != null) {
                    channel.close();
                }
            } catch (IOException e) {
                throw failure(ErrorKind.RETRIABLE, e);
            }
        }
    }
}
