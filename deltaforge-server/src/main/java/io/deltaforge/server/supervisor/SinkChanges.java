package io.deltaforge.server.supervisor;

import static java.util.Objects.requireNonNull;

import io.deltaforge.core.Pipeline;
import io.deltaforge.server.supervisor.Changes.Outcome;
import io.deltaforge.server.supervisor.RefusedChange.Kind;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What operators tell single sinks while the others go on. That one is to rest is kept as durably as that a pipeline is, and
 * can be told to one whose pipeline does not run. Safe from any thread.
 */
final class SinkChanges {

    private static final Logger LOG = LoggerFactory.getLogger(SinkChanges.class);

    private final Pipelines pipelines;
    private final ChangeGate gate;

    /** Something told to a sink of a running pipeline. */
    private interface Word {
        void to(Pipeline pipeline, String sink);
    }

    SinkChanges(Pipelines pipelines, ChangeGate gate) {
        this.pipelines = requireNonNull(pipelines, "pipelines is null");
        this.gate = requireNonNull(gate, "gate is null");
    }

    Outcome pause(String name, String sink) {
        return change(name, sink, "paused", supervised -> {
            Set<String> more = new HashSet<>(supervised.pausedSinks());
            more.add(sink);
            keep(supervised, more);
            if (supervised.isAtWork()) {
                tell(supervised, sink, Pipeline::pauseSink, true);
            }
        });
    }

    Outcome resume(String name, String sink) {
        return change(name, sink, "resumed", supervised -> {
            boolean rested = supervised.pausedSinks().contains(sink);
            Set<String> fewer = new HashSet<>(supervised.pausedSinks());
            fewer.remove(sink);
            keep(supervised, fewer);
            tell(supervised, sink, Pipeline::resumeSink, rested);
        });
    }

    Outcome restart(String name, String sink) {
        return change(name, sink, "restarted", supervised -> tell(supervised, sink, Pipeline::restartSink, false));
    }

    /** What is done once it is known that there is such a sink. */
    private interface Deed {
        void to(Supervised supervised) throws IOException;
    }

    private Outcome change(String name, String sink, String what, Deed deed) {
        return gate.change(name, supervised -> {
            requireKnown(supervised, sink);
            deed.to(supervised);
            LOG.info("Pipeline {}, sink {}: {} over the API", name, sink, what);
            return Outcome.of(supervised);
        });
    }

    private static void requireKnown(Supervised supervised, String sink) {
        if (!supervised.sinks().contains(sink)) {
            throw new RefusedChange(
                    Kind.NOT_FOUND,
                    "SINK_NOT_FOUND",
                    "pipeline '" + supervised.name() + "' has no sink '" + sink + "'; it has "
                            + String.join(", ", new TreeSet<>(supervised.sinks())));
        }
    }

    /** Written down first: a process that is killed now comes back with what it was asked for. */
    private void keep(Supervised supervised, Set<String> paused) throws IOException {
        if (!paused.equals(supervised.pausedSinks())) {
            pipelines
                    .files()
                    .save(supervised.name(), SpecFiles.Kept.of(supervised.desired(), paused, supervised.document()));
            supervised.pauseSinks(paused);
        }
    }

    /** Tells a sink something; that its pipeline does not run matters unless the next start sees to it anyway. */
    private static void tell(Supervised supervised, String sink, Word word, boolean isKept) {
        try {
            word.to(
                    supervised
                            .pipeline()
                            .orElseThrow(
                                    () -> new IllegalStateException("pipeline " + supervised.name() + " does not run")),
                    sink);
        } catch (IllegalStateException e) {
            if (!isKept) {
                throw new RefusedChange(
                        Kind.CONFLICT,
                        "PIPELINE_NOT_RUNNING",
                        e.getMessage() + ", so its sinks cannot be told anything");
            }
        }
    }
}
