package io.deltaforge.source.postgres;

import io.deltaforge.api.config.ConfigField;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.Settings;
import io.deltaforge.api.error.ConfigException;
import io.deltaforge.api.error.ConfigException.Problem;
import io.deltaforge.source.postgres.connect.Connections;
import io.deltaforge.source.postgres.connect.Dsn;
import io.deltaforge.source.postgres.setup.TablePatterns;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * The settings of one source, checked.
 *
 * @param connections reaches the database
 * @param slot the slot's name
 * @param publication the publication's name
 * @param make what may be made in the database
 * @param tables the tables that are captured
 * @param statusNanos how often at most the server is told that this side is alive
 */
record PostgresSettings(
        Connections connections, String slot, String publication, Make make, TablePatterns tables, long statusNanos) {

    private static final int MAX_NAME_BYTES = 63;

    static final ConfigSpec SPEC = ConfigSpec.of(
                    "Reads row changes from PostgreSQL 14 or newer by logical replication (pgoutput).",
                    ConfigField.secret(
                                    "dsn",
                                    "Where the database is: postgres://user:password@host:5432/database?sslmode=prefer,"
                                            + " or host=... port=... dbname=... user=... password=.... TLS as in libpq"
                                            + " and pgjdbc: sslmode, sslrootcert, sslcert, sslkey.")
                            .withRequired()
                            .withExample("${PG_DSN}"),
                    ConfigField.text(
                                    "slot",
                                    "Name of the replication slot; by default deltaforge_ and the pipeline's name. One"
                                            + " pipeline per slot.")
                            .withExample("deltaforge_shop"),
                    ConfigField.text("publication", "Name of the publication; by default that of the slot.")
                            .withExample("deltaforge_shop"),
                    ConfigField.bool("create_slot", "Whether to make the slot at the first start when it is missing.")
                            .withDefault(true),
                    ConfigField.bool(
                                    "create_publication",
                                    "Whether to make the publication at the first start when it is missing, and to add"
                                            + " tables to it that the patterns match.")
                            .withDefault(true),
                    ConfigField.bool(
                                    "failover_slot",
                                    "Whether a slot made here is kept on the standbys too, so that it outlives a"
                                            + " failover (PostgreSQL 17).")
                            .withDefault(false),
                    ConfigField.texts(
                                    "tables",
                                    "Which tables: patterns of schema.table with % or * for any characters, anywhere;"
                                            + " double quotes take a part literally. By default all tables that the"
                                            + " publication has.")
                            .withExample("[public.orders, \"public.order_%\"]"),
                    ConfigField.integer(
                                    "status_interval_ms",
                                    "How often to tell the server that this side is alive; never less often than four"
                                            + " times per wal_sender_timeout of the server.")
                            .withDefault(10_000)
                            .withRange(10, 60_000),
                    ConfigField.integer(
                                    "connect_timeout_secs",
                                    "How long to wait for a connection, and for the answer to a query.")
                            .withDefault(10)
                            .withRange(1, 300),
                    ConfigField.text(
                                    "application_name",
                                    "What the sessions are called in pg_stat_activity; by default deltaforge- and the"
                                            + " pipeline's name.")
                            .withExample("cdc-shop"))
            .withSince("0.1.0");

    /** What may be made in the database. */
    record Make(boolean slot, boolean publication, boolean failover) {}

    /**
     * Checks settings.
     *
     * @throws ConfigException with everything that is wrong
     */
    static PostgresSettings of(Settings settings, String pipeline) {
        List<Problem> problems = new ArrayList<>();
        Dsn dsn = settings.secret("dsn")
                .map(text -> Dsn.parse(text, problem -> problems.add(new Problem(settings.path("dsn"), problem))))
                .orElse(null);
        if (settings.secret("dsn").isEmpty()) {
            problems.add(new Problem(settings.path("dsn"), "is not set, expected a connection string"));
        }
        String slot = settings.optionalString("slot").orElseGet(() -> defaultSlot(pipeline));
        if (!slot.matches("[a-z_][a-z0-9_]{0," + (MAX_NAME_BYTES - 1) + "}")) {
            problems.add(new Problem(
                    settings.path("slot"),
                    "\"" + slot
                            + "\" is not a slot's name, expected up to 63 lower-case letters, digits and underscores,"
                            + " and no digit first; for instance " + defaultSlot(slot.isEmpty() ? pipeline : slot)));
        }
        String publication = settings.optionalString("publication").orElse(slot);
        if (publication.isBlank() || publication.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
            problems.add(new Problem(
                    settings.path("publication"),
                    "\"" + publication + "\" is not a publication's name, expected 1 to 63 bytes"));
        }
        TablePatterns tables = TablePatterns.parse(
                settings.strings("tables"), problem -> problems.add(new Problem(settings.path("tables"), problem)));
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return new PostgresSettings(
                new Connections(dsn, settings.optionalString("application_name").orElse("deltaforge-" + pipeline), (int)
                        settings.integer("connect_timeout_secs")),
                slot,
                publication,
                new Make(
                        settings.bool("create_slot"),
                        settings.bool("create_publication"),
                        settings.bool("failover_slot")),
                tables,
                TimeUnit.MILLISECONDS.toNanos(settings.integer("status_interval_ms")));
    }

    private static String defaultSlot(String pipeline) {
        String name = "deltaforge_" + pipeline.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
        return name.substring(0, Math.min(MAX_NAME_BYTES, name.length()));
    }
}
