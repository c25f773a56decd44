/** What a plugin author programs against: event model and service provider interfaces. Depends on slf4j-api alone. */
package io.deltaforge.api;
