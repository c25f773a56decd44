package io.deltaforge.server.config;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds pipelines whose block is written twice in one text. HOCON merges such blocks without a word, and what was copied and not
 * renamed becomes one pipeline out of two. Overriding single settings ({@code pipelines.shop.batch.max_ms = 5}) is not meant.
 *
 * <p>Reads the tokens of a text that the parser has accepted: strings, comments, braces, and what stands before a brace (HOCON
 * specification, "Syntax").
 */
final class WrittenTwice {

    private static final Pattern TOKEN =
            Pattern.compile("\"\"\"(?s:.*?)\"\"\"+|\"(?:[^\"\\\\\\n]|\\\\.)*\"|#[^\\n]*|//[^\\n]*"
                    + "|\\$\\{[^}]*}|\\n|[{}\\[\\],]|[^\\s{}\\[\\],\"#]+|\\s");

    /** One block that is there already. */
    record Block(String path, int firstLine, int line) {}

    private WrittenTwice() {}

    static List<Block> pipelines(String text) {
        Map<String, Integer> lines = new HashMap<>();
        List<Block> twice = new ArrayList<>();
        Deque<String> open = new ArrayDeque<>();
        StringBuilder key = new StringBuilder();
        int line = 1;
        Matcher token = TOKEN.matcher(text);
        while (token.find()) {
            String found = token.group();
            switch (found.charAt(0)) {
                case '{' -> {
                    String path = path(open.peek(), key.toString());
                    open.push(path);
                    Integer first = depth(path) == 2 && path.startsWith("pipelines.") ? lines.put(path, line) : null;
                    if (first != null) {
                        twice.add(new Block(path, first, line));
                    }
                    key.setLength(0);
                }
                case '[' -> {
                    open.push(path(open.peek(), key + ".[]"));
                    key.setLength(0);
                }
                case '}', ']' -> {
                    open.poll();
                    key.setLength(0);
                }
                case ',', '\n' -> key.setLength(0);
                case '#' -> {}
                default -> {
                    if (!found.startsWith("//")) {
                        key.append(found);
                    }
                }
            }
            line += (int) found.chars().filter(c -> c == '\n').count();
        }
        return twice;
    }

    private static int depth(String path) {
        Matcher step = ConfigPath.STEP.matcher(path);
        int depth = 0;
        while (step.find()) {
            depth++;
        }
        return depth;
    }

    private static String path(String parent, String key) {
        String name = key.strip().replaceAll("\\s*\\+?[=:]$", "").strip();
        if (name.isEmpty()) {
            return parent == null ? "" : parent;
        }
        return parent == null || parent.isEmpty() ? name : parent + "." + name;
    }
}
