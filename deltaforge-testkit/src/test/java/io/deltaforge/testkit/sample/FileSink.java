package io.deltaforge.testkit.sample;

import io.deltaforge.api.encode.EventEncoder;
import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.sink.DeadLetters;
import io.deltaforge.api.sink.Sink;
import io.deltaforge.api.sink.SinkContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

final class FileSink implements Sink {

    private final Path path;
    private final EventEncoder encoder;
    private final DeadLetters deadLetters;
    private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
    private FileChannel file;

    FileSink(Path path, SinkContext context) {
        this.path = path;
        this.encoder = context.encoder();
        this.deadLetters = context.deadLetters();
    }

    @Override
    public void open() {
        try {
            file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            long end = endOfLastLine();
            file.truncate(end).position(end);
        } catch (IOException e) {
            throw unavailable(e);
        }
    }

    @Override
    public CompletionStage<Void> deliver(EventBatch batch) {
        lines.reset();
        for (ChangeEvent event : batch.events()) {
            append(event);
        }
        try {
            ByteBuffer bytes = ByteBuffer.wrap(lines.toByteArray());
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
            file.force(false);
        } catch (IOException e) {
            throw unavailable(e);
        }
        return CompletableFuture.completedFuture(null);
    }

    private void append(ChangeEvent event) {
        try {
            lines.writeBytes(encoder.value(event));
            lines.write('\n');
        } catch (DeliveryException e) {
            deadLetters.put(event, e);
        }
    }

    @Override
    public void close() {
        try {
            if (file != null) {
                file.close();
            }
        } catch (IOException e) {
            throw unavailable(e);
        }
    }

    /** A crash in the middle of a write leaves half a line, whose event will be delivered again. */
    private long endOfLastLine() throws IOException {
        ByteBuffer one = ByteBuffer.allocate(1);
        for (long end = file.size(); end > 0; end--) {
            file.read(one.clear(), end - 1);
            if (one.get(0) == '\n') {
                return end;
            }
        }
        return 0;
    }

    private DeliveryException unavailable(IOException cause) {
        return new DeliveryException(
                ErrorKind.RETRIABLE,
                "FILE_UNAVAILABLE",
                "cannot write " + path + ": " + cause.getMessage(),
                "make room, or make the file writable",
                cause);
    }
}
