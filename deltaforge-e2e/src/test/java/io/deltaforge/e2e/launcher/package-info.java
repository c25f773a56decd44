/** The script {@code ./deltaforge}, with a build and a JVM that only note what they were asked for. */
package io.deltaforge.e2e.launcher;
