package io.deltaforge.server.doctor;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.config.Settings;
import io.deltaforge.core.SinkDefinition;
import io.deltaforge.server.config.DryRun;
import io.deltaforge.server.config.ServerConfig;
import io.deltaforge.server.config.ServerConfig.Pipeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Looks at everything around a configuration, all parts at once and each within one limit. Changes nothing. */
public final class Doctor {

    private final ServerConfig config;
    private final Duration limit;

    /**
     * Makes a doctor.
     *
     * @param config what is to run
     * @param limit how long all looks together may take
     */
    public Doctor(ServerConfig config, Duration limit) {
        this.config = requireNonNull(config, "config is null");
        this.limit = requireNonNull(limit, "limit is null");
    }

    /**
     * What was found about one part.
     *
     * @param path the part of the configuration
     * @param title what it is, for people
     * @param checks what was found, in the order of looking
     */
    public record Part(String path, String title, List<Check> checks) {
        /** Copies the list. */
        public Part {
            checks = List.copyOf(checks);
        }
    }

    /**
     * Looks at this machine and at everything that the pipelines connect to. Blocks.
     *
     * @return the parts in the order of the configuration
     * @throws InterruptedException when the thread is interrupted
     */
    public List<Part> examineAll() throws InterruptedException {
        List<Examination> examinations = new ArrayList<>();
        examinations.add(new Examination("deltaforge", "this machine", new LocalChecks(config)::look));
        examinations.addAll(connections());
        return examine(examinations);
    }

    /**
     * Looks at everything that the pipelines connect to. Blocks.
     *
     * @return the parts in the order of the configuration
     * @throws InterruptedException when the thread is interrupted
     */
    public List<Part> examineConnections() throws InterruptedException {
        return examine(connections());
    }

    private List<Examination> connections() {
        List<Examination> examinations = new ArrayList<>();
        for (Pipeline pipeline : config.pipelines()) {
            String title = "pipeline " + pipeline.name();
            Settings source = pipeline.source().settings();
            examinations.add(new Examination(
                    groupOf(source),
                    title + ", source " + pipeline.source().id() + " ("
                            + pipeline.source().factory().type() + ")",
                    report -> pipeline.source()
                            .factory()
                            .check(
                                    source,
                                    new DryRun.ForSource(
                                            pipeline.name(), pipeline.source().id()),
                                    report)));
            for (SinkDefinition sink : pipeline.sinks()) {
                examinations.add(new Examination(
                        groupOf(sink.settings()),
                        title + ", sink " + sink.id() + " (" + sink.factory().type() + ")",
                        report -> sink.factory()
                                .check(
                                        sink.settings(),
                                        new DryRun.ForSink(pipeline.name(), sink.id(), sink.envelope()),
                                        report)));
            }
        }
        return examinations;
    }

    private static String groupOf(Settings settings) {
        String type = settings.path("type");
        return type.substring(0, type.length() - ".type".length());
    }

    private List<Part> examine(List<Examination> examinations) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        List<Examination.Running> running =
                examinations.stream().map(Examination::start).toList();
        List<Part> parts = new ArrayList<>();
        for (Examination.Running each : running) {
            parts.add(each.await(deadline, limit));
        }
        return parts;
    }
}
