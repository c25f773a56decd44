package io.deltaforge.server.config.text;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderClasspath;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigIncluderURL;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigResolver;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import io.deltaforge.server.config.finding.Place;
import io.deltaforge.server.config.finding.Problems;
import io.deltaforge.server.config.finding.SourceText;
import java.io.File;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads HOCON and JSON: parses, makes the substitutions, and finds the place of each value. Used once. */
final class HoconText {

    /** More values than anybody writes; substitutions can make many out of a few. */
    private static final int MAX_VALUES = 100_000;

    private static final long MAX_EXPANDED = 8L << 20;

    /** What a parser quotes from the file may be a part of a secret. */
    private static final Pattern QUOTED = Pattern.compile("'[^']{2,}'|\"[^\"]{2,}\"");

    /** Stands where a substitution could not be made, so that everything else can still be checked. */
    private static final String UNRESOLVED = "\uE000unresolved\uE000";

    private final SourceText source;
    private final Optional<Path> directory;
    private final Problems problems;
    private final Variables variables;
    private final Map<String, SourceText> included = new HashMap<>();
    private HoconScan scan;
    private int values;

    /** @param directory where included files are looked for; nothing may be included without one */
    HoconText(SourceText source, Optional<Path> directory, Variables variables, Problems problems) {
        this.source = source;
        this.directory = directory;
        this.problems = problems;
        this.variables = variables;
    }

    /** Returns the text as a tree, or empty when it cannot be understood at all; a problem says so. */
    Optional<Node> read(ConfigSyntax syntax) {
        scan = new HoconScan(source);
        if (scan.isTooDeep()) {
            problems.error("TOO_DEEP", source.whole(), "", "groups within groups go too deep")
                    .expected("at most " + HoconScan.MAX_DEPTH + " levels");
            return Optional.empty();
        }
        long expanded = new ExpandedSize(scan, source.text()).estimate();
        if (expanded > MAX_EXPANDED) {
            problems.error("TOO_LARGE", source.whole(), "", "substitutions of substitutions make the text too long")
                    .expected("at most " + MAX_EXPANDED + " characters once they are made");
            return Optional.empty();
        }
        try {
            ConfigObject root = resolve(parse(syntax));
            source.setUnderstood();
            for (HoconScan.Twice block : scan.twice()) {
                writtenTwice(block, syntax);
            }
            return Optional.of(node(root, "", source.whole()));
        } catch (ConfigException e) {
            problems.error("SYNTAX", place(e.origin()).orElse(source.whole()), "", withoutValues(e))
                    .fix("texts with any of : = , # $ \" { } [ ] belong in double quotes");
            return Optional.empty();
        } catch (StackOverflowError e) {
            problems.error("TOO_DEEP", source.whole(), "", "substitutions refer to one another too deeply");
            return Optional.empty();
        }
    }

    /** What is written twice in JSON is found here, with its place, and must not keep the parser from the rest. */
    private Config parse(ConfigSyntax syntax) {
        ConfigParseOptions options = ConfigParseOptions.defaults()
                .setOriginDescription(source.name())
                .prependIncluder(new Includer());
        try {
            return ConfigFactory.parseString(scan.quoted(), options.setSyntax(syntax));
        } catch (ConfigException.Parse e) {
            if (syntax != ConfigSyntax.JSON || !String.valueOf(e.getMessage()).contains("duplicate")) {
                throw e;
            }
            return ConfigFactory.parseString(scan.quoted(), options.setSyntax(ConfigSyntax.CONF));
        }
    }

    private void writtenTwice(HoconScan.Twice block, ConfigSyntax syntax) {
        boolean pipeline = block.group()
                && block.path().startsWith("pipelines.")
                && ConfigPath.steps(block.path()).size() == 2;
        if (pipeline || syntax == ConfigSyntax.JSON) {
            problems.error(
                            "WRITTEN_TWICE",
                            block.second(),
                            block.path(),
                            "is written twice, first in line " + block.first().line()
                                    + ", and the two would become one")
                    .fix("rename or remove one of them");
        }
    }

    private ConfigObject resolve(Config parsed) {
        Set<String> needed = scan.references().stream()
                .filter(reference -> !reference.optional())
                .map(HoconScan.Reference::name)
                .collect(Collectors.toSet());
        StandIns standIns = new StandIns(needed, variables);
        ConfigObject root = parsed.resolve(ConfigResolveOptions.noSystem().appendResolver(standIns))
                .root();
        for (HoconScan.Reference reference : scan.references()) {
            if (standIns.missing.contains(reference.name()) && !reference.optional()) {
                problems.error(
                                "MISSING_VARIABLE",
                                reference.place(),
                                "",
                                "neither the file nor the event has " + reference.name())
                        .fix("name a setting of the file, a field of the event such as source.table, or a variable"
                                + " of the environment");
            }
        }
        return root;
    }

    private static String withoutValues(ConfigException e) {
        String message = e.getMessage();
        if (e.origin() != null && message.startsWith(e.origin().description() + ": ")) {
            message = message.substring(e.origin().description().length() + 2);
        }
        int hint = message.indexOf(" (if you");
        message = hint < 0 ? message : message.substring(0, hint);
        return "the text cannot be parsed: " + QUOTED.matcher(message).replaceAll("'...'");
    }

    private Optional<Place> place(ConfigOrigin origin) {
        if (origin == null || origin.lineNumber() < 1) {
            return Optional.empty();
        }
        SourceText text = origin.filename() == null
                ? source
                : included.computeIfAbsent(origin.filename(), name -> ConfigFiles.text(Path.of(name))
                        .orElse(source));
        return Optional.of(text.line(origin.lineNumber()));
    }

    private Node node(ConfigValue value, String path, Place around) {
        if (++values > MAX_VALUES) {
            if (values == MAX_VALUES + 1) {
                problems.error("TOO_LARGE", source.whole(), "", "there are too many values")
                        .expected("at most " + MAX_VALUES);
            }
            return Node.unknown(around);
        }
        HoconScan.Written written = scan.written().get(path);
        Place place = written != null ? written.value() : place(value.origin()).orElse(around);
        Node node = node(value, path, place, written);
        return written == null ? node : node.under(written.key());
    }

    private Node node(ConfigValue value, String path, Place place, HoconScan.Written written) {
        if (value instanceof ConfigObject object) {
            Map<String, Node> children = new LinkedHashMap<>();
            object.forEach((key, child) -> children.put(key, node(child, ConfigPath.child(path, key), place)));
            return Node.group(place, inOrder(children));
        }
        if (value instanceof ConfigList list) {
            List<Node> items = new ArrayList<>();
            for (ConfigValue item : list) {
                items.add(node(item, ConfigPath.item(path, items.size()), place));
            }
            return Node.list(place, items);
        }
        if (value.valueType() == ConfigValueType.NULL) {
            return Node.nothing(place);
        }
        String text = value.atKey("v").getString("v");
        if (text.contains(UNRESOLVED)) {
            return Node.unknown(place);
        }
        Node filled = variables.fill(place, text);
        boolean substituted = written != null && written.value().text().contains("${");
        return filled.kind() == Node.Kind.TEXT && substituted && !filled.text().contains("${")
                ? Node.text(place, filled.text(), true)
                : filled;
    }

    private static Map<String, Node> inOrder(Map<String, Node> children) {
        List<Map.Entry<String, Node>> entries = new ArrayList<>(children.entrySet());
        entries.sort(Comparator.<Map.Entry<String, Node>>comparingInt(
                        entry -> entry.getValue().key().start())
                .thenComparing(Map.Entry::getKey));
        Map<String, Node> ordered = new LinkedHashMap<>();
        entries.forEach(entry -> ordered.put(entry.getKey(), entry.getValue()));
        return ordered;
    }

    /** Lets variables and templates through as they are written, and answers for the names that are missing. */
    private static final class StandIns implements ConfigResolver {
        private final Set<String> needed;
        private final Variables variables;
        private final Set<String> missing = new HashSet<>();

        StandIns(Set<String> needed, Variables variables) {
            this.needed = needed;
            this.variables = variables;
        }

        @Override
        public ConfigValue lookup(String path) {
            if (variables.areKept() && Variables.isVariable(path)) {
                return ConfigValueFactory.fromAnyRef((needed.contains(path) ? "${" : "${?") + path + "}");
            }
            if (EventFields.isTemplate(path) || variables.has(path)) {
                return ConfigValueFactory.fromAnyRef("${" + path + "}");
            }
            if (!needed.contains(path)) {
                return null;
            }
            if (Variables.isVariable(path)) {
                return ConfigValueFactory.fromAnyRef("${" + path + "}");
            }
            missing.add(path);
            return ConfigValueFactory.fromAnyRef(UNRESOLVED);
        }

        @Override
        public ConfigResolver withFallback(ConfigResolver fallback) {
            return this;
        }
    }

    /** Includes files that lie beside this one, and nothing from elsewhere: reading a configuration connects to nothing. */
    private final class Includer
            implements ConfigIncluder, ConfigIncluderFile, ConfigIncluderURL, ConfigIncluderClasspath {

        @Override
        public ConfigIncluder withFallback(ConfigIncluder fallback) {
            return this;
        }

        @Override
        public ConfigObject include(ConfigIncludeContext context, String what) {
            return includeFile(context, new File(what));
        }

        @Override
        public ConfigObject includeFile(ConfigIncludeContext context, File what) {
            File file = directory
                    .map(around -> around.resolve(what.toPath()).toFile())
                    .orElseThrow(() -> new ConfigException.Generic("nothing can be included here"));
            return ConfigFactory.parseFile(file, context.parseOptions()).root();
        }

        @Override
        public ConfigObject includeURL(ConfigIncludeContext context, URL what) {
            throw new ConfigException.Generic("only files can be included");
        }

        @Override
        public ConfigObject includeResources(ConfigIncludeContext context, String what) {
            throw new ConfigException.Generic("only files can be included");
        }
    }
}
