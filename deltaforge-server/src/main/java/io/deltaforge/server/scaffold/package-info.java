/** Makes projects for authors of plugins. */
package io.deltaforge.server.scaffold;
