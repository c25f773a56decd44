/** Durable checkpoints and local durable state in RocksDB. */
package io.deltaforge.checkpoint.rocksdb;
