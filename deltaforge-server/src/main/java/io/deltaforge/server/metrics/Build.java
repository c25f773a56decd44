package io.deltaforge.server.metrics;

/**
 * Which program this is.
 *
 * @param version the product's version
 * @param commit the commit it was built from, or {@code unknown}
 * @param date when it was built
 */
public record Build(String version, String commit, String date) {}
