package io.deltaforge.core.fanout;

import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.event.SourcePosition;
import java.util.Set;

/** Does nothing about what it hears. */
class SilentListener implements LaneListener {

    @Override
    public void advanced(String sink, long sequence, SourcePosition end) {}

    @Override
    public void stopped(String sink, DeltaForgeException failure) {}

    @Override
    public void spooled(Set<String> sinks, SourcePosition end) {}

    @Override
    public void detached(String sink, DeltaForgeException reason) {}

    @Override
    public void spool(DeltaForgeException failure) {}
}
