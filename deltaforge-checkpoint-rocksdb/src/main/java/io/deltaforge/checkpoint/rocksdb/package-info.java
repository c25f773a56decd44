/**
 * Checkpoints in RocksDB: synced, checksummed, and witnessed from outside, so that what was acknowledged is there or the
 * store says that it is not.
 */
package io.deltaforge.checkpoint.rocksdb;
