package io.deltaforge.server.config.text;

import io.deltaforge.server.config.finding.Place;
import io.deltaforge.server.config.finding.Problems;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * Fills variables in, by the same rules in every syntax, in quotes or not:
 *
 * <ul>
 *   <li>{@code ${NAME}} is taken from the environment and must be there; {@code ${NAME:-default}} and {@code ${?NAME}} need not.
 *   <li>{@code ${file:/run/secrets/x}} is what is in a file, without the line end it may have.
 *   <li>{@code ${source.table}}, and whatever else has a dot or names a field of an event, is left for the event.
 *   <li>{@code $${x}} is {@code ${x}}.
 * </ul>
 */
final class Variables {

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final String FILE = "file:";
    private static final int MAX_FILE_BYTES = 1 << 20;

    private final UnaryOperator<String> environment;
    private final References allowed;
    private final Problems problems;

    /**
     * @param environment the value of a variable, or null; null when neither variables nor files may be seen
     * @param allowed which of them
     */
    Variables(UnaryOperator<String> environment, References allowed, Problems problems) {
        this.environment = environment;
        this.allowed = allowed;
        this.problems = problems;
    }

    /** Returns whether there is something to say of a variable: it is in the environment, or must not be asked for. */
    boolean has(String name) {
        return environment != null && (!allowed.allow(name) || environment.apply(name) != null);
    }

    /** Returns whether texts stay as they are written. */
    boolean areKept() {
        return allowed == References.KEPT;
    }

    /** Returns whether a reference is one to the environment. */
    static boolean isVariable(String reference) {
        return NAME.matcher(reference).matches() && !EventFields.isTemplate(reference);
    }

    /** A text while it is being filled in. */
    private static final class Filled {
        private final StringBuilder text = new StringBuilder();
        private boolean changed;
        private boolean failed;
        private boolean optionalAndAbsent;
    }

    /** Returns the value that a written text stands for. */
    Node fill(Place place, String written) {
        if (areKept() || !written.contains("${")) {
            return Node.text(place, written, false);
        }
        Filled filled = new Filled();
        int at = 0;
        for (int open = written.indexOf("${"); open >= 0; open = written.indexOf("${", at)) {
            int close = written.indexOf('}', open);
            if (close < 0) {
                break;
            }
            boolean escaped = open > at && written.charAt(open - 1) == '$';
            filled.text.append(written, at, escaped ? open - 1 : open);
            String whole = written.substring(open, close + 1);
            if (escaped) {
                filled.text.append(whole);
            } else {
                fillOne(whole, place, filled);
            }
            at = close + 1;
        }
        boolean alone = filled.text.isEmpty() && at == written.length();
        filled.text.append(written, at, written.length());
        if (filled.failed) {
            return Node.unknown(place);
        }
        return filled.optionalAndAbsent && alone
                ? Node.nothing(place)
                : Node.text(place, filled.text.toString(), filled.changed);
    }

    private void fillOne(String whole, Place place, Filled filled) {
        String reference = whole.substring(2, whole.length() - 1).strip();
        int otherwise = reference.indexOf(":-");
        boolean optional = reference.startsWith("?");
        String name = optional ? reference.substring(1) : otherwise > 0 ? reference.substring(0, otherwise) : reference;
        if (environment == null && (reference.startsWith(FILE) || isVariable(name))) {
            filled.failed = true;
            problems.error(
                            "MISSING_VARIABLE",
                            place.narrowedTo(whole),
                            "",
                            "variables and files are not filled in here")
                    .fix("write a value in its place");
            return;
        }
        if ((reference.startsWith(FILE) || isVariable(name))
                && !allowed.allow(reference.startsWith(FILE) ? reference : name)) {
            filled.failed = true;
            problems.error(
                            "REFERENCE_NOT_ALLOWED",
                            place.narrowedTo(whole),
                            "",
                            "what comes over the API must not ask for " + whole)
                    .fix("add it to deltaforge.api.references in the configuration file");
            return;
        }
        if (reference.startsWith(FILE)) {
            readFile(reference.substring(FILE.length()), place.narrowedTo(whole), filled);
            return;
        }
        if (!isVariable(name)) {
            filled.text.append(whole);
            return;
        }
        String value = environment.apply(name);
        filled.changed = true;
        if (value != null) {
            filled.text.append(value);
        } else if (otherwise > 0) {
            filled.text.append(reference.substring(otherwise + 2));
        } else if (optional) {
            filled.optionalAndAbsent = true;
        } else {
            filled.failed = true;
            missing(name, place.narrowedTo(whole), problems);
        }
    }

    static void missing(String name, Place place, Problems problems) {
        problems.error("MISSING_VARIABLE", place, "", "the environment has no variable " + name)
                .fix("export " + name + "=..., or write ${?" + name + "} or ${" + name
                        + ":-default} where it may be absent, or $${" + name + "} for the text itself");
    }

    private void readFile(String name, Place place, Filled filled) {
        String fault;
        try {
            Path file = Path.of(name);
            if (!Files.isRegularFile(file)) {
                fault = Files.exists(file) ? "is not a file" : "does not exist";
            } else if (Files.size(file) > MAX_FILE_BYTES) {
                fault = "has more than " + MAX_FILE_BYTES + " bytes";
            } else {
                String text = Files.readString(file).replaceFirst("\\r?\\n\\z", "");
                problems.keepSecret(text);
                filled.text.append(text);
                filled.changed = true;
                return;
            }
        } catch (InvalidPathException e) {
            fault = "is not the name of a file";
        } catch (CharacterCodingException e) {
            fault = "is not UTF-8 text";
        } catch (IOException e) {
            fault = "cannot be read: " + e.getClass().getSimpleName();
        }
        filled.failed = true;
        problems.error("MISSING_FILE", place, "", "the file " + name + " " + fault)
                .fix("put the value into the file, readable for the user of this process");
    }
}
