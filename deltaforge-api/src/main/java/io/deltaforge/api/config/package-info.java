/** What a plugin says about its settings, and how it reads them; no configuration library shows through. */
package io.deltaforge.api.config;
