package io.deltaforge.server;

import io.deltaforge.server.cli.DeltaForgeCommand;

/** Where the process begins. */
public final class Main {

    private Main() {}

    /**
     * Runs a command line and ends the process with its exit code.
     *
     * @param arguments see {@code deltaforge --help}
     */
    public static void main(String[] arguments) {
        System.exit(DeltaForgeCommand.execute(arguments));
    }
}
