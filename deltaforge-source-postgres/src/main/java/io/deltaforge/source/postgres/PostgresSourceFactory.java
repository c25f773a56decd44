package io.deltaforge.source.postgres;

import io.deltaforge.api.check.CheckReport;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.Settings;
import io.deltaforge.api.source.Source;
import io.deltaforge.api.source.SourceContext;
import io.deltaforge.api.source.SourceFactory;

/** Makes sources of type {@code postgres}, which read PostgreSQL's log by logical replication. */
public final class PostgresSourceFactory implements SourceFactory {

    /** For {@link java.util.ServiceLoader}. */
    public PostgresSourceFactory() {}

    @Override
    public String type() {
        return "postgres";
    }

    @Override
    public ConfigSpec config() {
        return PostgresSettings.SPEC;
    }

    @Override
    public Source create(Settings settings, SourceContext context) {
        return new PostgresSource(PostgresSettings.of(settings, context.pipeline()), context);
    }

    @Override
    public void check(Settings settings, SourceContext context, CheckReport report) {
        new PostgresCheck(PostgresSettings.of(settings, context.pipeline()), context.pipeline(), report).run();
    }
}
