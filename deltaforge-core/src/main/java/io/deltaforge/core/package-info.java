/** The engine: batching, processors, lanes, commit policy, checkpoints, retry, dead letters. Depends on the API alone. */
package io.deltaforge.core;
