package io.deltaforge.server.config;

import io.deltaforge.api.error.ConfigException.Problem;
import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong, so that everything can be said at once. Not thread-safe. */
final class Problems {

    private final List<Problem> found = new ArrayList<>();

    void add(String path, String message) {
        found.add(new Problem(path, message));
    }

    int count() {
        return found.size();
    }

    List<Problem> found() {
        return List.copyOf(found);
    }
}
