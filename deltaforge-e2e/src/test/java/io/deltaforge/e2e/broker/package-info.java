/** The Kafka broker of a test, whoever provides it. */
package io.deltaforge.e2e.broker;
