/** Looks at everything around a configuration: this machine, the databases, the targets. Reads only. */
package io.deltaforge.server.doctor;
