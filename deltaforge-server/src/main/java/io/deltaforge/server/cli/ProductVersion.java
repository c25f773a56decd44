package io.deltaforge.server.cli;

import io.deltaforge.server.metrics.Build;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** Which version this is. */
final class ProductVersion implements IVersionProvider {

    /** Returns the version as the build wrote it down. */
    static String text() {
        return build().version();
    }

    static Build build() {
        try (InputStream stream = ProductVersion.class.getResourceAsStream("version.properties")) {
            Properties properties = new Properties();
            properties.load(stream);
            return new Build(
                    properties.getProperty("version"),
                    properties.getProperty("commit"),
                    properties.getProperty("date"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String[] getVersion() {
        return new String[] {"deltaforge " + text(), "Java " + Runtime.version() + ", " + System.getProperty("os.name")
        };
    }
}
