/** Reads a configuration file into typed settings, or says everything that is wrong with it at once. */
package io.deltaforge.server.config;
