package io.deltaforge.server.config;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Paths as people read them: {@code pipelines.shop.sinks[0].brokers}; keys with other characters are quoted. */
final class ConfigPath {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_-]+");
    static final Pattern STEP = Pattern.compile("\\[(\\d+)]|\"((?:[^\"\\\\]|\\\\.)*)\"|([^.\\[\"]+)");

    private ConfigPath() {}

    static String child(String parent, String key) {
        String name = PLAIN.matcher(key).matches()
                ? key
                : '"' + key.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
        return parent.isEmpty() ? name : parent + "." + name;
    }

    static String item(String parent, int index) {
        return parent + "[" + index + "]";
    }

    /** Finds where a path is written: its own line, or that of the innermost group around it that has one. */
    static ConfigOrigin origin(ConfigObject root, String path) {
        ConfigValue at = root;
        ConfigOrigin known = root.origin();
        Matcher step = STEP.matcher(path);
        while (step.find()) {
            if (at instanceof ConfigList list && step.group(1) != null) {
                int index = Integer.parseInt(step.group(1));
                at = index < list.size() ? list.get(index) : null;
            } else if (at instanceof ConfigObject object) {
                at = object.get(step.group(2) != null ? step.group(2).replaceAll("\\\\(.)", "$1") : step.group(3));
            } else {
                at = null;
            }
            if (at == null) {
                break;
            }
            if (at.origin().filename() != null && at.origin().lineNumber() > 0) {
                known = at.origin();
            }
        }
        return known;
    }
}
