/** What the engine hands to plugins, made for tests: settings and contexts that remember what they were told. */
package io.deltaforge.testkit.context;
