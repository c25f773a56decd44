package io.deltaforge.core;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The sinks of a pipeline, of which some may come and go while it runs. Safe from any thread. */
final class CurrentSinks {

    private volatile List<SinkDefinition> sinks;

    CurrentSinks(List<SinkDefinition> sinks) {
        this.sinks = List.copyOf(sinks);
    }

    List<SinkDefinition> all() {
        return sinks;
    }

    List<String> ids() {
        return sinks.stream().map(SinkDefinition::id).toList();
    }

    Set<String> required() {
        return required(sinks);
    }

    static Set<String> required(List<SinkDefinition> of) {
        Set<String> required = new LinkedHashSet<>();
        of.stream().filter(SinkDefinition::required).forEach(sink -> required.add(sink.id()));
        return required;
    }

    List<SinkDefinition> without(String id) {
        return sinks.stream().filter(sink -> !sink.id().equals(id)).toList();
    }

    synchronized void add(SinkDefinition sink) {
        List<SinkDefinition> more = new ArrayList<>(sinks);
        more.add(sink);
        sinks = List.copyOf(more);
    }

    synchronized void remove(String id) {
        sinks = without(id);
    }
}
