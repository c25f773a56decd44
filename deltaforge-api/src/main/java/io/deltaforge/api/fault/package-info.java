/** Places at which tests end the process on purpose. */
package io.deltaforge.api.fault;
