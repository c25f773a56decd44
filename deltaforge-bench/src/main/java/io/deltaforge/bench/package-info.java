/** JMH benchmarks and end-to-end drains. Nothing depends on it. */
package io.deltaforge.bench;
