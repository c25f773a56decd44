/** JMH benchmarks, each with its baseline in the same class. */
package io.deltaforge.bench.jmh;
