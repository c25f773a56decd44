package io.deltaforge.testkit.sample;

import io.deltaforge.api.config.ConfigField;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.Settings;
import io.deltaforge.api.source.Source;
import io.deltaforge.api.source.SourceContext;
import io.deltaforge.api.source.SourceFactory;
import java.nio.file.Path;
import java.util.Set;

public final class JournalSourceFactory implements SourceFactory {

    @Override
    public String type() {
        return "journal";
    }

    @Override
    public ConfigSpec config() {
        return ConfigSpec.of(
                "Reads a directory with a numbered file per transaction.",
                ConfigField.text("directory", "Where the files are.").withRequired(),
                ConfigField.texts("tables", "Which tables are handed over; by default all."));
    }

    @Override
    public Source create(Settings settings, SourceContext context) {
        Path directory = Path.of(settings.string("directory"));
        return new JournalSource(directory, Set.copyOf(settings.strings("tables")), context.pipeline());
    }
}
