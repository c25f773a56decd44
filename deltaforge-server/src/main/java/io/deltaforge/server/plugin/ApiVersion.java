package io.deltaforge.server.plugin;

import io.deltaforge.api.sink.SinkFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A version of {@code deltaforge-api}; what follows the three numbers does not count. */
record ApiVersion(int major, int minor, int patch) {

    private static final Pattern TEXT = Pattern.compile("(\\d{1,6})\\.(\\d{1,6})(?:\\.(\\d{1,6}))?(?:[-+.].*)?");
    private static final ApiVersion OURS = read();

    /** The version of the API that this program has. */
    static ApiVersion ours() {
        return OURS;
    }

    private static ApiVersion read() {
        try (InputStream stream = SinkFactory.class.getResourceAsStream("/io/deltaforge/api/version.properties")) {
            Properties properties = new Properties();
            properties.load(stream);
            return parse(properties.getProperty("version")).orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Optional<ApiVersion> parse(String text) {
        Matcher matcher = TEXT.matcher(text.strip());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String patch = matcher.group(3);
        return Optional.of(new ApiVersion(
                Integer.parseInt(matcher.group(1)),
                Integer.parseInt(matcher.group(2)),
                patch == null ? 0 : Integer.parseInt(patch)));
    }

    /** Whether a plugin made for that version runs with this one. Before 1.0 a minor version may break what was there. */
    boolean runs(ApiVersion plugin) {
        if (plugin.major != major || (major == 0 && plugin.minor != minor)) {
            return false;
        }
        return plugin.minor < minor || (plugin.minor == minor && plugin.patch <= patch);
    }

    /** Which plugins run, for people. */
    String accepted() {
        return major == 0 ? "0." + minor + ".0 to " + this : major + ".0.0 to " + this;
    }

    @Override
    public String toString() {
        return major + "." + minor + "." + patch;
    }
}
