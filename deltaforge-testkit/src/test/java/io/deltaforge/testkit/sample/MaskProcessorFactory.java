package io.deltaforge.testkit.sample;

import io.deltaforge.api.config.ConfigField;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.Settings;
import io.deltaforge.api.processor.Processor;
import io.deltaforge.api.processor.ProcessorFactory;
import java.util.Set;

public final class MaskProcessorFactory implements ProcessorFactory {

    @Override
    public String type() {
        return "mask";
    }

    @Override
    public ConfigSpec config() {
        return ConfigSpec.of(
                "Makes the texts of some columns unreadable.",
                ConfigField.texts("columns", "The names of the columns.").withRequired());
    }

    @Override
    public Processor create(Settings settings) {
        return new MaskProcessor(Set.copyOf(settings.strings("columns")));
    }
}
