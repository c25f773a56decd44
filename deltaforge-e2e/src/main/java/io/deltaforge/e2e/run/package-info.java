/** DeltaForge as users run it: the server in a process of its own, with a configuration file. */
package io.deltaforge.e2e.run;
