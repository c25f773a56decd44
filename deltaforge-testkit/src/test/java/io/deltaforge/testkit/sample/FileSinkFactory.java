package io.deltaforge.testkit.sample;

import io.deltaforge.api.config.ConfigField;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.Settings;
import io.deltaforge.api.sink.Sink;
import io.deltaforge.api.sink.SinkContext;
import io.deltaforge.api.sink.SinkFactory;
import java.nio.file.Path;

public final class FileSinkFactory implements SinkFactory {

    @Override
    public String type() {
        return "file";
    }

    @Override
    public ConfigSpec config() {
        return ConfigSpec.of(
                "Appends events to a file, one JSON document per line.",
                ConfigField.text("path", "The file; it is created when it is missing.")
                        .withRequired());
    }

    @Override
    public Sink create(Settings settings, SinkContext context) {
        return new FileSink(Path.of(settings.string("path")), context);
    }
}
