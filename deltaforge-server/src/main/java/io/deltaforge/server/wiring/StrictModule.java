package io.deltaforge.server.wiring;

import com.google.inject.AbstractModule;

/** Switches off what makes wiring hard to follow: whatever is needed must be bound, by its exact name, without cycles. */
final class StrictModule extends AbstractModule {

    @Override
    protected void configure() {
        binder().disableCircularProxies();
        binder().requireExplicitBindings();
        binder().requireExactBindingAnnotations();
        binder().requireAtInjectOnConstructors();
    }
}
