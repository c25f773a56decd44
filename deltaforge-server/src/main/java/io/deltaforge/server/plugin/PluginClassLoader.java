package io.deltaforge.server.plugin;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.Set;

/**
 * Loads the classes of one plugin. It sees the JDK, {@code io.deltaforge.api} and slf4j's API as the program has them, and
 * its own jars; nothing else of the program, so that it may bring any version of any library.
 */
final class PluginClassLoader extends URLClassLoader {

    private static final String API = "io.deltaforge.api.";
    /** The packages of slf4j-api; bridges and bindings, in neighbouring packages, are the plugin's own business. */
    private static final Set<String> LOGGING =
            Set.of("org.slf4j", "org.slf4j.event", "org.slf4j.helpers", "org.slf4j.spi");

    static {
        registerAsParallelCapable();
    }

    private final ClassLoader program;

    PluginClassLoader(String name, URL[] jars, ClassLoader program) {
        super("plugin " + name, jars, ClassLoader.getPlatformClassLoader());
        this.program = program;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        return isShared(name) ? program.loadClass(name) : super.loadClass(name, resolve);
    }

    private static boolean isShared(String className) {
        int end = className.lastIndexOf('.');
        return className.startsWith(API) || (end > 0 && LOGGING.contains(className.substring(0, end)));
    }
}
