package io.deltaforge.core.routing;

import io.deltaforge.api.encode.EventRouter;

/** Compiles destination templates. */
public final class TemplateRouter {

    private TemplateRouter() {}

    /**
     * Compiles a template.
     *
     * @param template text with {@code ${source.table}}-like parts
     * @return a router, for one thread at a time
     */
    public static EventRouter compile(String template) {
        if (template.isEmpty()) {
            return null;
        }
        throw new UnsupportedOperationException(template);
    }
}
