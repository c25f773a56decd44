package io.deltaforge.api.source;

/**
 * Who a database is.
 *
 * @param id the same for ever for the same log, whatever its address (PostgreSQL: system identifier and slot name)
 * @param description for people, without secrets ({@code PostgreSQL 18.1 at db.example:5432, slot shop})
 * @since 0.1.0
 */
public record SourceIdentity(String id, String description) {}
