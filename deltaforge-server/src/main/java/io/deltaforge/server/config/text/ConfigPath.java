package io.deltaforge.server.config.text;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Paths as people read them: {@code pipelines.shop.sinks[0].brokers}; keys with other characters are quoted. */
public final class ConfigPath {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_-]+");
    private static final Pattern STEP = Pattern.compile("\\[(\\d*)]|\"((?:[^\"\\\\]|\\\\.)*+)\"|([^.\\[\"]++)");

    private ConfigPath() {}

    /**
     * Returns the path of a value in a group.
     *
     * @param parent the path of the group
     * @param key the name of the value
     * @return the path
     */
    public static String child(String parent, String key) {
        String name = PLAIN.matcher(key).matches()
                ? key
                : '"' + key.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
        return parent.isEmpty() ? name : parent + "." + name;
    }

    /**
     * Returns the path of a value in a list.
     *
     * @param parent the path of the list
     * @param index the place in the list, from 0
     * @return the path
     */
    public static String item(String parent, int index) {
        return parent + "[" + index + "]";
    }

    /**
     * Takes a path apart.
     *
     * @param path a path
     * @return names without quotes, and the numbers of list places
     */
    public static List<String> steps(String path) {
        List<String> steps = new ArrayList<>();
        Matcher step = STEP.matcher(path);
        while (step.find()) {
            if (step.group(1) != null) {
                steps.add(step.group(1));
            } else {
                steps.add(step.group(2) != null ? step.group(2).replaceAll("\\\\(.)", "$1") : step.group(3));
            }
        }
        return steps;
    }
}
