package io.deltaforge.server.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigResolver;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import io.deltaforge.api.error.ConfigException.Problem;
import io.deltaforge.server.config.InvalidConfig.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One parsed HOCON file with its substitutions made, and the way from a path back to a line. */
final class HoconFile {

    /** Stands where a substitution could not be made, so that everything else can still be checked. */
    private static final String UNRESOLVED = "\uE000unresolved\uE000";

    private static final Pattern REFERENCE = Pattern.compile("\\$\\{([^}]*)}");
    /** What a parser quotes from the file may be a part of a secret. */
    private static final Pattern QUOTED = Pattern.compile("'[^']{2,}'");

    private final Path file;
    private final ConfigObject root;
    private final List<Finding> findings;

    private HoconFile(Path file, ConfigObject root, List<Finding> findings) {
        this.file = file;
        this.root = root;
        this.findings = findings;
    }

    /**
     * Parses a file and makes its substitutions.
     *
     * @throws InvalidConfig when the text cannot be understood at all
     */
    static HoconFile load(Path file) {
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new InvalidConfig(List.of(new Finding(
                    file.toString(), 0, "", Files.exists(file) ? "cannot be read as a file" : "does not exist")));
        }
        try {
            Config parsed = ConfigFactory.parseFile(
                    file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false));
            List<Finding> found = new ArrayList<>();
            ConfigObject root = resolve(file, parsed, found);
            for (WrittenTwice.Block block : WrittenTwice.pipelines(Files.readString(file))) {
                found.add(new Finding(
                        file.toString(),
                        block.line(),
                        block.path(),
                        "is written twice, first in line " + block.firstLine()
                                + ", and the two would become one pipeline; rename one of them"));
            }
            return new HoconFile(file, root, found);
        } catch (ConfigException e) {
            throw new InvalidConfig(List.of(finding(file, e.origin(), "", withoutValues(e))));
        } catch (IOException e) {
            throw new InvalidConfig(List.of(new Finding(file.toString(), 0, "", "cannot be read: " + e)));
        }
    }

    ConfigObject root() {
        return root;
    }

    static boolean isUnresolved(ConfigValue value) {
        return value.valueType() == ConfigValueType.STRING
                && value.unwrapped().toString().contains(UNRESOLVED);
    }

    /** Adds the places to the problems, and what was found while reading, in the order of the file. */
    List<Finding> findings(List<Problem> problems) {
        List<Finding> all = new ArrayList<>(findings);
        for (Problem problem : problems) {
            all.add(finding(file, ConfigPath.origin(root, problem.path()), problem.path(), problem.message()));
        }
        all.sort(Comparator.comparing(Finding::file)
                .thenComparingInt(Finding::line)
                .thenComparing(Finding::path)
                .thenComparing(Finding::message));
        return all;
    }

    /** The library stops at the first missing name; asking again with a stand-in for it finds the next one. */
    private static ConfigObject resolve(Path file, Config parsed, List<Finding> missing) {
        Set<String> names = new HashSet<>();
        for (; ; ) {
            try {
                return parsed.resolve(ConfigResolveOptions.defaults().appendResolver(new StandIns(names)))
                        .root();
            } catch (ConfigException.UnresolvedSubstitution e) {
                Matcher reference = REFERENCE.matcher(e.getMessage());
                if (!reference.find() || !names.add(reference.group(1))) {
                    throw e;
                }
                missing.add(finding(file, e.origin(), "", missing(reference.group(1))));
            }
        }
    }

    private static String missing(String name) {
        boolean template = name.matches("(source|before|after)\\..*|op");
        return "${" + name + "} is not set: "
                + (template
                        ? "to have it filled in for each event, put the whole text in double quotes"
                        : "neither the file nor the environment has it; export " + name + ", or write ${?" + name
                                + "} where it may be absent");
    }

    private static Finding finding(Path file, ConfigOrigin origin, String path, String message) {
        String name = file.toString();
        int line = 0;
        if (origin != null) {
            line = Math.max(0, origin.lineNumber());
            if (origin.filename() != null
                    && !Path.of(origin.filename())
                            .toAbsolutePath()
                            .normalize()
                            .equals(file.toAbsolutePath().normalize())) {
                name = origin.filename();
            }
        }
        return new Finding(name, line, path, message);
    }

    private static String withoutValues(ConfigException e) {
        String message = e.getMessage();
        if (e.origin() != null && message.startsWith(e.origin().description() + ": ")) {
            message = message.substring(e.origin().description().length() + 2);
        }
        int hint = message.indexOf(" (if you");
        message = hint < 0 ? message : message.substring(0, hint);
        return QUOTED.matcher(message).replaceAll("'...'")
                + "; texts with any of : = , # $ \" { } [ ] belong in double quotes";
    }

    /** Answers for the names known to be missing. */
    private record StandIns(Set<String> names) implements ConfigResolver {
        @Override
        public ConfigValue lookup(String path) {
            return names.contains(path) ? ConfigValueFactory.fromAnyRef(UNRESOLVED) : null;
        }

        @Override
        public ConfigResolver withFallback(ConfigResolver fallback) {
            return this;
        }
    }
}
