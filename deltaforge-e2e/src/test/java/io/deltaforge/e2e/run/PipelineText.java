package io.deltaforge.e2e.run;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;

/** Writes one pipeline of a configuration (HOCON). Not thread-safe. */
public final class PipelineText {

    private final String name;
    private final String dsn;
    private final List<String> sinks = new ArrayList<>();
    private String tables = "\"public.%\"";
    private String batch = "";
    private String policy = "mode = required";
    private String spool = "";
    private boolean exactlyOnce;

    /**
     * @param name the pipeline, and with a prefix its slot and publication
     * @param dsn the database
     */
    public PipelineText(String name, String dsn) {
        this.name = requireNonNull(name, "name is null");
        this.dsn = requireNonNull(dsn, "dsn is null");
    }

    /** Returns the name of the replication slot. */
    public static String slot(String pipeline) {
        return "deltaforge_" + pipeline;
    }

    /** Adds a required Kafka sink with a topic per table, {@code PREFIX.TABLE}. */
    public PipelineText sink(String id, String brokers, String prefix, String... clientConf) {
        return sink(id, true, brokers, prefix, clientConf);
    }

    /** Adds a Kafka sink that the pipeline can go on without. */
    public PipelineText optionalSink(String id, String brokers, String prefix, String... clientConf) {
        return sink(id, false, brokers, prefix, clientConf);
    }

    private PipelineText sink(String id, boolean required, String brokers, String prefix, String... clientConf) {
        sinks.add("""
                    { id = %s, type = kafka, required = %s, brokers = "%s", topic = "%s.${source.table}"
                      envelope = native, exactly_once = ${exactly_once}, client_conf { %s } }
                """.formatted(id, required, brokers, prefix, String.join(", ", clientConf)));
        return this;
    }

    /** Sets whether the sinks deliver exactly once. */
    public PipelineText exactlyOnce(boolean on) {
        exactlyOnce = on;
        return this;
    }

    /** Sets the entries of {@code batch}, such as {@code max_events = 200}. */
    public PipelineText batch(String... entries) {
        batch = String.join(", ", entries);
        return this;
    }

    /** Sets the entries of {@code commit_policy}, such as {@code mode = quorum, quorum = 1}. */
    public PipelineText policy(String entries) {
        policy = entries;
        return this;
    }

    /** Sets the entries of {@code spool}, such as {@code enabled = false}. */
    public PipelineText spool(String... entries) {
        spool = String.join(", ", entries);
        return this;
    }

    /** Sets the captured tables. */
    public PipelineText tables(String... patterns) {
        tables = "\"" + String.join("\", \"", patterns) + "\"";
        return this;
    }

    @Override
    public String toString() {
        return """
                %1$s {
                  source { id = %1$s-db, type = postgres, dsn = "%2$s", slot = %3$s, publication = %3$s, tables = [%4$s] }
                  sinks = [
                %5$s  ]
                  batch { %6$s }
                  commit_policy { %7$s }
                  spool { %8$s }
                }
                """.formatted(name, dsn, slot(name), tables, sinks(), batch, policy, spool);
    }

    private String sinks() {
        return String.join("", sinks).replace("${exactly_once}", Boolean.toString(exactlyOnce));
    }
}
