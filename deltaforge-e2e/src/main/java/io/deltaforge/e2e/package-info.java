/** The quickstart, and the end-to-end and crash tests: server and sandbox together. */
package io.deltaforge.e2e;
