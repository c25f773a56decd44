package io.deltaforge.server.supervisor;

/** Where a pipeline comes from. */
public enum Origin {
    /** A configuration file, which alone may change it. */
    FILE,
    /** The API. */
    API
}
