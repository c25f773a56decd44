package io.deltaforge.core.envelope;

/** The version that events name as the one they were made by. */
final class ProductVersion {

    /** Without the mark of an unfinished release, so that a replay by a build of the same version gives the same bytes. */
    static final String VERSION = "0.1.0";

    private ProductVersion() {}
}
