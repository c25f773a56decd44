package io.deltaforge.server.cli;

/** What the process tells whoever started it. */
final class ExitCode {

    static final int OK = 0;
    static final int RUNTIME = 1;
    static final int CONFIG = 2;
    static final int ENVIRONMENT = 3;

    private ExitCode() {}
}
