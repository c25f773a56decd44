package io.deltaforge.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * How to run a program that refuses to run as root.
 *
 * <p>As an ordinary user there is nothing to do. As root the first choice is a user namespace, in which the process
 * sees itself as nobody and yet owns root's files, so that it works in directories only root may enter. Containers
 * usually forbid that but allow the second choice, becoming nobody, which needs the data directory to be handed over.
 */
enum Unprivileged {
    /** This JVM does not run as root. */
    AS_WE_ARE(""),
    /** Root inside a new user namespace without any user mapped. */
    USER_NAMESPACE("unshare --user"),
    /** The user and group 65534, by convention nobody. */
    NOBODY("setpriv --reuid=65534 --regid=65534 --clear-groups");

    private static final int NOBODY_ID = 65534;

    private final String prefix;

    Unprivileged(String prefix) {
        this.prefix = prefix;
    }

    /**
     * Finds the way that works here.
     *
     * @param own a file that this JVM has created
     */
    static Unprivileged detect(Path own) {
        if (!isRoot(own)) {
            return AS_WE_ARE;
        }
        for (Unprivileged way : List.of(USER_NAMESPACE, NOBODY)) {
            if (way.works()) {
                return way;
            }
        }
        throw new SandboxException("PostgreSQL refuses to run as root, and neither 'unshare --user' nor 'setpriv' "
                + "(package util-linux) works here; run as an ordinary user");
    }

    static boolean isRoot(Path own) {
        try {
            return Integer.valueOf(0).equals(Files.getAttribute(own, "unix:uid"));
        } catch (IOException | UnsupportedOperationException e) {
            throw new SandboxException("cannot tell who owns " + own, e);
        }
    }

    /** Wraps a command; the wrapper replaces itself by the command, so the pid stays the same. */
    List<String> wrap(List<String> command) {
        List<String> wrapped = new ArrayList<>();
        if (!prefix.isEmpty()) {
            wrapped.addAll(List.of(prefix.split(" ", -1)));
        }
        wrapped.addAll(command);
        return wrapped;
    }

    /** Makes a directory and what is in it accessible to the wrapped command. */
    void handOver(Path directory) {
        if (this != NOBODY) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.toList()) {
                Files.setAttribute(file, "unix:uid", NOBODY_ID);
                Files.setAttribute(file, "unix:gid", NOBODY_ID);
            }
        } catch (IOException e) {
            throw new SandboxException("cannot hand " + directory + " over to user " + NOBODY_ID, e);
        }
    }

    private boolean works() {
        return ChildProcess.probe(wrap(List.of("true")).toArray(new String[0])) == 0;
    }
}
