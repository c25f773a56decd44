/** The command line of the benchmarks. */
package io.deltaforge.bench;
