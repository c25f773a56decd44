package io.deltaforge.core;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The sinks of a pipeline, of which some may come and go while it runs. Safe from any thread. */
final class CurrentSinks {

    private volatile List<SinkDefinition> sinks;
    /** Those that were added, and of which it is not known whether they stay. */
    private volatile Set<String> onTrial = Set.of();

    CurrentSinks(List<SinkDefinition> sinks) {
        this.sinks = List.copyOf(sinks);
    }

    List<SinkDefinition> all() {
        return sinks;
    }

    List<String> ids() {
        return sinks.stream().map(SinkDefinition::id).toList();
    }

    boolean has(String id) {
        return sinks.stream().anyMatch(sink -> sink.id().equals(id));
    }

    /** Those that the pipeline cannot go on without; one on trial is not among them. */
    Set<String> required() {
        Set<String> required = required(sinks);
        required.removeAll(onTrial);
        return required;
    }

    static Set<String> required(List<SinkDefinition> of) {
        Set<String> required = new LinkedHashSet<>();
        of.stream().filter(SinkDefinition::required).forEach(sink -> required.add(sink.id()));
        return required;
    }

    List<SinkDefinition> without(String id) {
        return sinks.stream().filter(sink -> !sink.id().equals(id)).toList();
    }

    /** Adds a sink on trial. */
    synchronized void add(SinkDefinition sink) {
        Set<String> more = new LinkedHashSet<>(onTrial);
        more.add(sink.id());
        onTrial = Set.copyOf(more);
        List<SinkDefinition> all = new ArrayList<>(sinks);
        all.add(sink);
        sinks = List.copyOf(all);
    }

    /** Ends the trial of a sink, which stays. */
    synchronized void keep(String id) {
        Set<String> fewer = new LinkedHashSet<>(onTrial);
        fewer.remove(id);
        onTrial = Set.copyOf(fewer);
    }

    synchronized void remove(String id) {
        sinks = without(id);
        keep(id);
    }
}
