package io.deltaforge.testkit.gtid;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.config.ConfigField;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.Settings;
import io.deltaforge.api.source.Source;
import io.deltaforge.api.source.SourceContext;
import io.deltaforge.api.source.SourceFactory;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Makes sources that read a {@link PartialOrderDatabase}, found by the setting {@code database}. */
public final class PartialOrderSource implements SourceFactory {

    private static final ConcurrentMap<String, PartialOrderDatabase> DATABASES = new ConcurrentHashMap<>();

    /** Makes a factory, as the service loader does. */
    public PartialOrderSource() {}

    /**
     * Returns the database of a name, a new one the first time.
     *
     * @param name the value of the setting {@code database}
     * @return the database
     */
    public static PartialOrderDatabase database(String name) {
        return DATABASES.computeIfAbsent(requireNonNull(name, "name is null"), PartialOrderDatabase::new);
    }

    @Override
    public String type() {
        return "partial-order";
    }

    @Override
    public ConfigSpec config() {
        return ConfigSpec.of(
                "Reads a fake database with several servers, for tests.",
                ConfigField.text("database", "Name of the database, shared in the JVM.")
                        .withRequired(),
                ConfigField.bool("snapshot", "Whether a new pipeline first gets all rows.")
                        .withDefault(true),
                ConfigField.secret("password", "Is asked for by nobody."));
    }

    @Override
    public Source create(Settings settings, SourceContext context) {
        return new PartialOrderReader(database(settings.string("database")), settings.bool("snapshot"));
    }
}
